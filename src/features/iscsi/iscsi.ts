import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import { name as stepName, namedTables } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import type { ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { escapeUnitName } from "../../stage-one/systemd/escape.ts";
import { messageUnit } from "../../stage-one/systemd/message.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import { attachUnit } from "../../steps/attach-unit.ts";
import { defineFeature, type Input } from "../feature.ts";
import { session, type DeclaredSession } from "./declared.ts";

/** `[iscsi.NAME]`: disks of an iSCSI target, iscsistart(8). The kernel keeps the session; iscsid of the real system takes it up. */
export const iscsi = defineFeature({
  schema: namedTables(stepName, session)
    .prefault({})
    .meta({ description: "Disks of an iSCSI target, which are then found as others are: by UUID, LABEL and so on." }),
  contribute(value, input) {
    return { steps: Object.entries(value).map(([name, declared]) => sessionStep(name, declared, input)) };
  },
});

const why = "iSCSI";

function sessionStep(name: string, declared: DeclaredSession, input: Input): BootStep {
  const origin = input.originOf(name);
  const { address, port, target } = declared;
  return {
    id: `iscsi:${name}`,
    title: `log in to ${target} at ${address}`,
    origin,
    needs: [{ is: "one", of: { is: "network" }, from: "step", strength: "requires", origin }],
    provides: [
      { is: "device", names: [`/dev/disk/by-path/ip-${address}:${port}-iscsi-${target}-lun-0`], partitions: true },
    ],
    takes: ["iscsi_tcp", "sd_mod", "crc32c"].map((module): Requirement => ({
      is: "module",
      name: module,
      ...(module === "crc32c" ? { optional: true } : {}),
      why,
    })),
    overrides: [],
    onFailure: declared.nofail ? "go-on" : "stop",
    facts: { address, port, target, initiator: declared.initiator, "portal-group": declared["target-portal-group"] },
    render: {
      systemd: (place) => renderSession(name, declared, origin, place),
      scripted: (place) => scriptSession(declared, origin, place),
    },
  };
}

const missing = {
  can: false,
  because: "the sysroot has no iscsistart",
  hint: "on Debian it is in the package open-iscsi",
} as const;

function words(declared: DeclaredSession): readonly string[] {
  return [
    ...["-i", declared.initiator, "-t", declared.target, "-g", String(declared["target-portal-group"])],
    ...["-a", declared.address, "-p", String(declared.port)],
  ];
}

function failureText({ target, address }: DeclaredSession, origin: Origin): string {
  return `no session with ${target} at ${address}: ${shortOrigin(origin)}`;
}

function renderSession(
  name: string,
  declared: DeclaredSession,
  origin: Origin,
  target: Target,
): Verdict<SystemdRendering> {
  if (!target.hasProgram("iscsistart")) return missing;
  const part = escapeUnitName(name);
  const failure = messageUnit(target, {
    name: `unitrd-iscsi-${part}-failed.service`,
    description: `Message about the session ${name}`,
    text: failureText(declared, origin),
  });
  const unit = attachUnit({
    name: `unitrd-iscsi-${part}.service`,
    description: `iSCSI session ${name}`,
    start: [target.programPath("iscsistart"), ...words(declared)],
    failure: failure.name,
    modules: ["iscsi_tcp", "sd_mod"],
  });
  return {
    can: true,
    rendering: {
      units: [unit, failure],
      done: unit.name,
      gates: [unit.name],
      mustSucceed: !declared.nofail,
      takes: [
        { is: "program", name: "iscsistart", why },
        { is: "unit", name: "modprobe@.service", why },
      ],
    },
  };
}

function scriptSession(declared: DeclaredSession, origin: Origin, target: Target): Verdict<ScriptedRendering> {
  if (!target.hasProgram("iscsistart")) return missing;
  return {
    can: true,
    rendering: {
      parts: ["device", "remote"],
      call: ["log_in_iscsi", failureText(declared, origin), target.programPath("iscsistart"), ...words(declared)],
      takes: [{ is: "program", name: "iscsistart", why }],
    },
  };
}
