import type { Duplex } from "node:stream";

/** QEMU's control channel (docs/interop/qmp-spec of QEMU). */
export interface Monitor {
  /**
   * What QEMU answers. Throws what it refuses, which is a mistake of the caller; never settles when QEMU is gone, whose
   * ending says why.
   */
  command(name: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The output of a command of QEMU's monitor for people, for what has no command of its own. */
  ask(line: string): Promise<string>;
  /** Resolves at the next event that is meant. */
  event(isMeant: (event: MonitorEvent) => boolean): Promise<void>;
}

export interface MonitorEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Opens a session on the channel. Events go to `onEvent`. */
export function openMonitor(channel: Duplex, onEvent: (event: MonitorEvent) => void = () => undefined): Monitor {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listening = new Set<(event: MonitorEvent) => void>();
  let next = 0;
  let unread = "";

  const command = (name: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
    const id = next++;
    channel.write(`${JSON.stringify({ execute: name, arguments: args, id })}\n`);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject: (error) => reject(error) }));
  };
  const take = (line: string): void => {
    const message = parse(line);
    if (message === undefined) return;
    if (typeof message["event"] === "string") {
      const event = { name: message["event"], data: isRecord(message["data"]) ? message["data"] : {} };
      onEvent(event);
      for (const listen of [...listening]) listen(event);
      return;
    }
    const id = message["id"];
    const one = typeof id === "number" ? waiting.get(id) : undefined;
    if (one === undefined || typeof id !== "number") return;
    waiting.delete(id);
    const error = message["error"];
    if (isRecord(error)) one.reject(new Error(`QEMU refuses: ${String(error["desc"])}`));
    else one.resolve(message["return"]);
  };

  channel.on("data", (piece: Uint8Array) => {
    unread += Buffer.from(piece).toString("utf8");
    const lines = unread.split("\n");
    unread = lines.pop() ?? "";
    lines.forEach(take);
  });
  void command("qmp_capabilities");
  return {
    command,
    event: (isMeant) =>
      new Promise((resolve) => {
        const listen = (event: MonitorEvent): void => {
          if (!isMeant(event)) return;
          listening.delete(listen);
          resolve();
        };
        listening.add(listen);
      }),
    async ask(line) {
      const said = await command("human-monitor-command", { "command-line": line });
      return typeof said === "string" ? said : "";
    },
  };
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
