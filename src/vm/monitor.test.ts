import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { openMonitor } from "./monitor.ts";
import type { MonitorEvent } from "./monitor.ts";

describe("openMonitor", () => {
  it("begins a session, and gives each answer to the command that it is for", async () => {
    const { channel, say, written } = line();
    const monitor = openMonitor(channel);
    const first = monitor.command("query-a");
    const second = monitor.command("query-b", { x: 1 });
    expect(written.map((text) => JSON.parse(text) as unknown)).toEqual([
      { execute: "qmp_capabilities", arguments: {}, id: 0 },
      { execute: "query-a", arguments: {}, id: 1 },
      { execute: "query-b", arguments: { x: 1 }, id: 2 },
    ]);
    say('{"QMP": {}}\n{"return": {}, "id": 0}\n{"return": "b", "id": 2}\n{"retu');
    say('rn": "a", "id": 1}\n');
    expect(await first).toBe("a");
    expect(await second).toBe("b");
  });

  it("throws what QEMU refuses, and passes on events", async () => {
    const { channel, say } = line();
    const events: MonitorEvent[] = [];
    const monitor = openMonitor(channel, (event) => events.push(event));
    const refused = monitor.command("set_link");
    say('{"event": "SHUTDOWN", "data": {"reason": "guest-reset"}}\n');
    say('{"error": {"class": "GenericError", "desc": "no such device"}, "id": 1}\nnot json\n');
    await expect(refused).rejects.toThrow("QEMU refuses: no such device");
    expect(events).toEqual([{ name: "SHUTDOWN", data: { reason: "guest-reset" } }]);
  });
});

function line() {
  const written: string[] = [];
  const channel = new Duplex({
    read: () => undefined,
    write: (piece, _, done) => {
      written.push(String(piece));
      done();
    },
  });
  return { channel, written, say: (text: string) => channel.emit("data", Buffer.from(text)) };
}
