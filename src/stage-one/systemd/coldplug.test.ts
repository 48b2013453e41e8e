import { describe, expect, it } from "vitest";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import { coldplugTakes } from "./coldplug.ts";

const target: Target = {
  systemd: 257,
  kernel: "6.12",
  deviceTimeout: 90,
  hasProgram: () => true,
  programPath: (name) => `/usr/bin/${name}`,
};

function trigger(...requirements: readonly Requirement[]): string {
  const taken = requirements.map((requirement) => ({ requirement, why: [] }));
  const [file] = coldplugTakes(target, taken).filter(
    (one) => one.is === "file" && one.path.includes("/systemd-udev-trigger.service.d/"),
  );
  return file?.is === "file" && typeof file.content === "string" ? file.content : "";
}

const unit = (content: string): Requirement => ({
  is: "file",
  path: "/etc/systemd/system/mine.service",
  mode: 0o644,
  content,
  why: "mine",
});

describe("events for devices that are there before udev", () => {
  it("are asked for devices only, and not for terminals", () => {
    expect(trigger(unit("[Unit]\nAfter=dev-vda.device\n"))).toContain(
      "ExecStart=\nExecStart=-/usr/bin/udevadm trigger --type=devices --action=add " +
        "--prioritized-subsystem=block,tpmrm,net,tty,input --subsystem-nomatch=tty\n",
    );
  });

  it.each([
    unit("[Unit]\nBindsTo=dev-ttyS0.device\n"),
    unit("[Unit]\nAfter=dev-%i.device\n"),
    { is: "unit", name: "serial-getty@hvc0.service", why: "mine" } as const,
  ])("are asked for terminals as well when a unit may wait for one", (requirement) => {
    expect(trigger(requirement)).not.toContain("nomatch");
  });
});
