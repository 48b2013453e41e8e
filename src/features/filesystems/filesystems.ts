import * as z from "zod";
import { absolutePath, deviceSpec, duration, namedTables, setOf, table } from "../../config/schema.ts";
import type { Need } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { defineFeature, type Input } from "../feature.ts";
import { kindNames, kinds, type Kind } from "./kinds.ts";
import { scriptMount } from "./scripted.ts";
import { renderMount } from "./systemd.ts";

const option = z
  .string()
  .min(1)
  .regex(/^[^,\p{Cc}]+$/u, "one mount option to an element, without commas");

const filesystem = table({
  device: deviceSpec.optional().meta({
    description: "The block device: by UUID, LABEL, PARTUUID, PARTLABEL, or a path below /dev.",
    example: "UUID=0f3c1d2e-…",
    instead: ["uuid", "label", "partuuid", "partlabel", "what", "dev"],
  }),
  type: z
    .enum(kindNames)
    .meta({ description: "The type of the file system.", example: "ext4", instead: ["fstype", "fs"] }),
  source: absolutePath
    .optional()
    .meta({ description: "For `bind`: the directory of the real root that is mounted here too." }),
  options: setOf(option)
    .default([])
    .meta({
      description: "Mount options, one to an element, as in the fourth field of fstab(5).",
      example: ["subvol=@", "noatime"],
      instead: ["flags", "opts"],
    }),
  fsck: z
    .boolean()
    .optional()
    .meta({ description: "Check the file system before it is mounted. Default: yes, where its type has a checker." }),
  nofail: z.boolean().default(false).meta({ description: "Boot without it when it cannot be mounted." }),
  "device-timeout": duration.optional().meta({
    description:
      "How long to wait for the device. The clock stands still while a pass phrase is typed. Default: `stage-one.device-timeout`.",
    example: "30s",
    instead: ["timeout"],
  }),
});
export type DeclaredFilesystem = z.output<typeof filesystem>;

/** `[filesystems."/PATH"]`: what is mounted before the real system starts. */
export const filesystems = defineFeature({
  schema: namedTables(absolutePath, filesystem)
    .prefault({})
    .meta({ description: "What is mounted at this path of the real system before it starts.", keyName: "PATH" }),
  contribute(value, input) {
    if (value["/"] === undefined) reportNoRoot(input);
    const steps = Object.entries(value).flatMap(([path, declared]) => {
      return isSound(path, declared, input) ? [mountStep(path, declared, Object.keys(value), input)] : [];
    });
    return { steps };
  },
});

function reportNoRoot(input: Input): void {
  input.report({
    code: "U140",
    severity: "error",
    message: 'nothing is declared for "/": the initrd would have no system to hand over to',
    hint: '[filesystems."/"] with `device` and `type` declares the root',
    at: [input.originOf()],
  });
}

function isSound(path: string, declared: DeclaredFilesystem, input: Input): boolean {
  const kind: Kind = kinds[declared.type];
  const faults: [boolean, string, string, string][] = [
    [
      kind.onDevice && declared.device === undefined,
      "type",
      `${declared.type} needs a \`device\``,
      'name it: device = "UUID=…"',
    ],
    [!kind.onDevice && declared.device !== undefined, "device", `${declared.type} has no device`, "take `device` out"],
    [
      declared.type === "bind" && declared.source === undefined,
      "type",
      "bind needs a `source`",
      'name the directory: source = "/…"',
    ],
    [
      declared.type !== "bind" && declared.source !== undefined,
      "source",
      "only bind has a `source`",
      "take `source` out",
    ],
    [
      declared.fsck === true && kind.checker === undefined,
      "fsck",
      `${declared.type} has no checker that runs at boot`,
      "take `fsck` out",
    ],
    [path === "/" && declared.nofail, "nofail", "the root cannot be done without", "take `nofail` out"],
    [
      path === "/" && declared.type === "bind",
      "type",
      "the root cannot be a bind mount",
      "declare the file system that holds it",
    ],
    [
      path === "/" && declared.type === "tmpfs",
      "type",
      "an empty tmpfs has no system to hand over to",
      "declare the file system that holds the system",
    ],
    [
      !kind.onDevice && declared["device-timeout"] !== undefined,
      "device-timeout",
      `${declared.type} waits for no device`,
      "take `device-timeout` out",
    ],
  ];
  const found = faults.filter(([isFault]) => isFault);
  for (const [, key, message, hint] of found) {
    input.report({
      code: "U141",
      severity: "error",
      message: `${input.originOf(path).path}: ${message}`,
      hint,
      at: [input.originOf(path, key)],
    });
  }
  return found.length === 0;
}

function mountStep(path: string, declared: DeclaredFilesystem, all: readonly string[], input: Input): BootStep {
  const origin = input.originOf(path);
  const kind: Kind = kinds[declared.type];
  const checked = kind.checker !== undefined && (declared.fsck ?? true);
  const what = declared.device?.spec ?? declared.source ?? declared.type;
  return {
    id: `mount:${path}`,
    title: `mount ${what} at ${path}`,
    origin,
    needs: mountNeeds(path, declared, all, input),
    provides: [{ is: "mount", path }],
    takes: kind.takes,
    overrides: path === "/" ? rootOverrides : [],
    onFailure: declared.nofail ? "go-on" : "stop",
    facts: { source: what, path, type: declared.type, options: declared.options.join(","), fsck: checked },
    render: {
      systemd: (target) => renderMount(path, declared, checked ? kind.checker : undefined, target),
      scripted: (target) => scriptMount(path, declared, checked ? kind.checker : undefined, origin, target),
    },
  };
}

const rootOverrides = (["root", "rootfstype", "rootflags", "ro", "rw"] as const).map(
  (word) => ({ word, effect: "replaces" }) as const,
);

function mountNeeds(path: string, declared: DeclaredFilesystem, all: readonly string[], input: Input): Need[] {
  const origin = input.originOf(path);
  const needs: Need[] = [
    { is: "one", of: { is: "milestone", name: "resume-decided" }, from: "step", strength: "order", origin },
  ];
  if (declared.device !== undefined) {
    const { kind, path: device } = declared.device;
    needs.push({
      is: "one",
      of: { is: "device", names: [asDevice(device)] },
      from: kind === "path" ? (device.startsWith("/dev/mapper/") ? "step" : "hardware") : "either",
      strength: "requires",
      ...(declared["device-timeout"] === undefined ? {} : { seconds: declared["device-timeout"] }),
      origin: input.originOf(path, "device"),
    });
  }
  const sources = declared.source === undefined ? [] : [nearestMount(declared.source, all)];
  const parents = path === "/" ? [] : [nearestMount(parentOf(path), all)];
  for (const mount of new Set([...parents, ...sources])) {
    needs.push({ is: "one", of: { is: "mount", path: mount }, from: "step", strength: "requires", origin });
  }
  return needs;
}

function asDevice(path: string): `/dev/${string}` {
  return `/dev/${path.slice("/dev/".length)}`;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 1));
}

/** The declared mount that a path lies on. */
function nearestMount(path: string, all: readonly string[]): string {
  return all.includes(path) || path === "/" ? path : nearestMount(parentOf(path), all);
}
