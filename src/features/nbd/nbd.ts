import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import { namedTables } from "../../config/schema.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import type { ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { messageUnit } from "../../stage-one/systemd/message.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import { attachUnit } from "../../steps/attach-unit.ts";
import { defineFeature, type Input } from "../feature.ts";
import { deviceName, nbdDevice, type DeclaredNbd } from "./declared.ts";

/** `[nbd.nbd0]`: block devices of a server, nbd-client(8). The kernel keeps the connection, so it outlives the initrd. */
export const nbd = defineFeature({
  schema: namedTables(deviceName, nbdDevice).prefault({}).meta({
    description: "A block device of an NBD server, `/dev/NAME`; file systems on it name it so: `/dev/nbd0`.",
    keyName: "NBD",
  }),
  contribute(value, input) {
    return { steps: Object.entries(value).map(([name, declared]) => nbdStep(name, declared, input)) };
  },
});

function nbdStep(name: string, declared: DeclaredNbd, input: Input): BootStep {
  const origin = input.originOf(name);
  return {
    id: `nbd:${name}`,
    title: `attach ${declared.export ?? "the export"} of ${declared.server} as /dev/${name}`,
    origin,
    needs: [{ is: "one", of: { is: "network" }, from: "step", strength: "requires", origin }],
    provides: [{ is: "device", names: [`/dev/${name}`], partitions: true }],
    takes: [{ is: "module", name: "nbd", why: "network block devices" }],
    overrides: [],
    onFailure: declared.nofail ? "go-on" : "stop",
    facts: {
      server: declared.server,
      port: declared.port,
      export: declared.export ?? "",
      "read-only": declared["read-only"],
    },
    render: {
      systemd: (target) => renderNbd(name, declared, origin, target),
      scripted: (target) => scriptNbd(name, declared, origin, target),
    },
  };
}

const missing = {
  can: false,
  because: "the sysroot has no nbd-client",
  hint: "on Debian it is in the package nbd-client",
} as const;

function words(name: string, declared: DeclaredNbd): readonly string[] {
  return [
    declared.server,
    String(declared.port),
    `/dev/${name}`,
    ...(declared.export === undefined ? [] : ["-name", declared.export]),
    ...(declared["read-only"] ? ["-readonly"] : []),
  ];
}

function failureText(name: string, declared: DeclaredNbd, origin: Origin): string {
  return `${declared.server} port ${declared.port} gives no ${name}: ${shortOrigin(origin)}`;
}

function renderNbd(name: string, declared: DeclaredNbd, origin: Origin, target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram("nbd-client")) return missing;
  const failure = messageUnit(target, {
    name: `unitrd-nbd-${name}-failed.service`,
    description: `Message about ${name}`,
    text: failureText(name, declared, origin),
  });
  const unit = attachUnit({
    name: `unitrd-nbd-${name}.service`,
    description: `Network block device ${name}`,
    start: [target.programPath("nbd-client"), ...words(name, declared)],
    failure: failure.name,
    modules: ["nbd"],
  });
  return {
    can: true,
    rendering: {
      units: [unit, failure],
      done: unit.name,
      gates: [unit.name],
      mustSucceed: !declared.nofail,
      takes: [
        { is: "program", name: "nbd-client", why: "network block devices" },
        { is: "unit", name: "modprobe@.service", why: "the driver of network block devices" },
      ],
    },
  };
}

function scriptNbd(name: string, declared: DeclaredNbd, origin: Origin, target: Target): Verdict<ScriptedRendering> {
  if (!target.hasProgram("nbd-client")) return missing;
  return {
    can: true,
    rendering: {
      parts: ["device", "remote"],
      call: [
        "attach_nbd",
        failureText(name, declared, origin),
        target.programPath("nbd-client"),
        ...words(name, declared),
      ],
      takes: [{ is: "program", name: "nbd-client", why: "network block devices" }],
    },
  };
}
