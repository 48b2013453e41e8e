import * as z from "zod";
import { deviceSpec, duration, namedTables, relativeOrSysrootPath, setOf, table } from "../../config/schema.ts";
import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { secondsWord, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { execLine } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import { deviceNeed } from "../../steps/device-need.ts";
import { mappingName } from "../../steps/mapping-name.ts";
import { resumeDecided } from "../../steps/resume-decided.ts";
import { mappingTakes, mappingUnit } from "../../steps/mapping-unit.ts";
import { defineFeature, type Input } from "../feature.ts";

/** One table of `[integrity]`. */
const device = table({
  device: deviceSpec.meta({ description: "The device that integritysetup(8) formatted.", example: "PARTLABEL=data" }),
  algorithm: z
    .enum(["crc32c", "crc32", "sha1", "sha256", "hmac-sha256", "hmac-sha512"])
    .default("crc32c")
    .meta({
      description: "How the tags were made (`integritysetup format --integrity`); its module comes along.",
      instead: ["integrity-algorithm", "integrity"],
    }),
  mode: z.enum(["journal", "bitmap", "direct"]).default("journal").meta({
    description: "How data and tags stay together over a power cut, integritytab(5).",
  }),
  "key-file": relativeOrSysrootPath.optional().meta({
    description: "For `hmac-…`: the key, put into the image, which is then readable by its owner only.",
    example: "keys/data.key",
  }),
  options: setOf(z.enum(["allow-discards"]))
    .default([])
    .meta({ description: "Options of integritytab(5).", example: ["allow-discards"] }),
  "device-timeout": duration.optional().meta({
    description: "How long to wait for the device. Default: `stage-one.device-timeout`.",
    example: "30s",
    instead: ["timeout"],
  }),
});
type DeclaredIntegrity = z.output<typeof device>;

/** `[integrity.NAME]`: devices whose sectors have tags, opened as /dev/mapper/NAME by dm-integrity. */
export const integrity = defineFeature({
  schema: namedTables(mappingName, device).prefault({}).meta({
    description:
      "A device that notices by tags when it gives back other bytes than were written, opened as `/dev/mapper/NAME`.",
  }),
  contribute(value, input) {
    return { steps: Object.entries(value).flatMap(([name, declared]) => openStep(name, declared, input)) };
  },
});

function openStep(name: string, declared: DeclaredIntegrity, input: Input): BootStep[] {
  const origin = input.originOf(name);
  const isKeyed = declared.algorithm.startsWith("hmac-");
  if (isKeyed !== (declared["key-file"] !== undefined)) {
    input.report({
      code: "U821",
      severity: "error",
      message: `${origin.path}: ${declared.algorithm} ${isKeyed ? "takes a key" : "has no key"}`,
      hint: isKeyed ? 'name it: key-file = "…"' : "take `key-file` out, or declare `algorithm`",
      at: [input.originOf(name, isKeyed ? "algorithm" : "key-file")],
    });
    return [];
  }
  const key = declared["key-file"];
  const content = key === undefined ? undefined : input.readFile(key, input.originOf(name, "key-file"));
  if (key !== undefined && content === undefined) return [];
  const path = content === undefined ? undefined : `/etc/integritysetup-keys.d/${name}.key`;
  return [
    {
      id: `integrity:${name}`,
      title: `open ${declared.device.spec} as /dev/mapper/${name}`,
      origin,
      needs: [
        deviceNeed(declared.device, input.originOf(name, "device"), { seconds: declared["device-timeout"] }),
        // Its journal is replayed.
        resumeDecided(input.originOf(name)),
      ],
      layer: 0,
      provides: [{ is: "device", names: [`/dev/mapper/${name}`, `/dev/disk/by-id/dm-name-${name}`] }],
      takes: [
        ...modules(declared),
        ...(content === undefined || path === undefined
          ? []
          : ([
              { is: "file", path, mode: 0o600, content, secret: true, why: `key-file of integrity.${name}` },
            ] satisfies Requirement[])),
      ],
      overrides: [],
      onFailure: "stop",
      facts: { device: declared.device.spec, algorithm: declared.algorithm, mode: declared.mode },
      render: {
        systemd: (target) => renderIntegrity(name, declared, path, target),
        scripted: (target) => scriptIntegrity(name, declared, path, shortOrigin(origin), content?.length ?? 0, target),
      },
    },
  ];
}

function modules({ algorithm }: DeclaredIntegrity): readonly Requirement[] {
  return [
    { is: "module", name: "dm_mod", why: "device mapper" },
    { is: "module", name: "dm_integrity", why: "tags of sectors" },
    ...algorithm
      .split("-")
      .map((name): Requirement => ({ is: "module", name: `crypto-${name}`, why: `tags by ${algorithm}` })),
  ];
}

/** The unit that systemd-integritysetup-generator(8) would make of a line of integritytab(5), under the same name. */
function renderIntegrity(
  name: string,
  declared: DeclaredIntegrity,
  key: string | undefined,
  target: Target,
): Verdict<SystemdRendering> {
  if (!target.hasProgram("systemd-integritysetup")) {
    const hint = "on Debian 13 it is in the package systemd-cryptsetup";
    return { can: false, because: "the sysroot has no systemd-integritysetup", hint };
  }
  const program = target.programPath("systemd-integritysetup");
  const { device, algorithm, mode } = declared;
  if (
    algorithm !== "crc32c" &&
    algorithm !== "crc32" &&
    algorithm !== "sha1" &&
    algorithm !== "sha256" &&
    algorithm !== "hmac-sha256"
  ) {
    return { can: false, because: `integritytab(5) knows no ${algorithm}` };
  }
  const options = [`mode=${mode}`, `integrity-algorithm=${algorithm}`, ...declared.options].join(",");
  const unit = mappingUnit({
    kind: "integritysetup",
    name,
    description: `Integrity of ${device.spec} as ${name}`,
    devices: [device.path],
    start: execLine([program, "attach", name, device.path, key ?? "-", options]),
    stop: execLine([program, "detach", name]),
  });
  const takes = mappingTakes("integritysetup", "devices with tags");
  return { can: true, rendering: { units: [unit], done: unit.name, gates: [unit.name], mustSucceed: true, takes } };
}

/** A call of integritysetup(8). */
function scriptIntegrity(
  name: string,
  declared: DeclaredIntegrity,
  key: string | undefined,
  origin: string,
  keyBytes: number,
  target: Target,
): Verdict<ScriptedRendering> {
  if (!target.hasProgram("integritysetup")) {
    const hint = "on Debian it is in the package cryptsetup-bin";
    return { can: false, because: "the sysroot has no integritysetup", hint };
  }
  const modes = { journal: [], bitmap: ["--integrity-bitmap-mode"], direct: ["--integrity-no-journal"] };
  return {
    can: true,
    rendering: {
      parts: ["device", "integrity"],
      call: [
        "open_integrity",
        name,
        declared.device.spec,
        secondsWord(declared["device-timeout"]),
        origin,
        `--integrity=${declared.algorithm}`,
        ...modes[declared.mode],
        ...(key === undefined ? [] : [`--integrity-key-file=${key}`, `--integrity-key-size=${keyBytes}`]),
        ...declared.options.map((option) => `--${option}`),
      ],
      takes: [{ is: "program", name: "integritysetup", why: "devices with tags" }],
    },
  };
}
