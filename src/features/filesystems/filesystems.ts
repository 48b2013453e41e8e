import * as z from "zod";
import { absolutePath, deviceSpec, duration, namedTables, setOf, table } from "../../config/schema.ts";
import type { Need } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { defineFeature, type Input } from "../feature.ts";
import { deviceNeeds } from "./device-needs.ts";
import { encryption, keyOf, unlockStep } from "./encryption.ts";
import { kindNames, kinds, type Kind } from "./kinds.ts";
import { isSound } from "./mistakes.ts";
import { importSteps, poolStep } from "./pool.ts";
import { scriptMount } from "./scripted.ts";
import { renderMount } from "./systemd.ts";

const option = z
  .string()
  .min(1)
  .regex(/^[^,\p{Cc}]+$/u, "one mount option to an element, without commas")
  .regex(/^[^ ](.*[^ \\])?$/s, "a mount option has no space around it and no backslash at its end");

const filesystem = table({
  device: deviceSpec.optional().meta({
    description: "The block device: by UUID, LABEL, PARTUUID, PARTLABEL, or a path below /dev.",
    example: "UUID=0f3c1d2e-…",
    instead: ["uuid", "label", "partuuid", "partlabel", "what", "dev"],
  }),
  devices: z
    .array(deviceSpec)
    .min(1)
    .optional()
    .meta({
      description:
        "For `bcachefs` on several devices: each of them, or one by the UUID or LABEL of the file system, which then stands for all. Only the scripted stage one can mount them.",
      example: ["PARTLABEL=a", "PARTLABEL=b"],
    }),
  degraded: z.boolean().default(false).meta({
    description: "For `bcachefs`: mount it without devices that do not come, as far as what it holds allows.",
  }),
  dataset: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_.:-]*(\/[A-Za-z0-9_.:-]+)*$/, "a dataset is written POOL/NAME, as zfs(8) does")
    .optional()
    .meta({ description: "For `zfs`: the dataset.", example: "rpool/ROOT/debian", instead: ["pool"] }),
  encryption: encryption.optional().meta({
    description:
      "For `bcachefs` and `zfs` with encryption of their own: where the key comes from. Only the scripted stage one can.",
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
      if (!isSound(path, declared, input)) return [];
      return [...unlockStep(path, declared, input), mountStep(path, declared, Object.keys(value), input)];
    });
    return { steps: [...importSteps(value, input), ...steps] };
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

function mountStep(path: string, declared: DeclaredFilesystem, all: readonly string[], input: Input): BootStep {
  const origin = input.originOf(path);
  const kind: Kind = kinds[declared.type];
  const checked = kind.checker !== undefined && (declared.fsck ?? true);
  const what = sourceOf(declared);
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

/** As mount(8) would be told: several devices have colons between them. */
function sourceOf({ device, devices, dataset, source, type }: DeclaredFilesystem): string {
  return device?.spec ?? devices?.map(({ spec }) => spec).join(":") ?? dataset ?? source ?? type;
}

const rootOverrides = (["root", "rootfstype", "rootflags", "ro", "rw"] as const).map(
  (word) => ({ word, effect: "replaces" }) as const,
);

function mountNeeds(path: string, declared: DeclaredFilesystem, all: readonly string[], input: Input): Need[] {
  const origin = input.originOf(path);
  const needs: Need[] = [
    { is: "one", of: { is: "milestone", name: "resume-decided" }, from: "step", strength: "order", origin },
  ];
  needs.push(...deviceNeeds(path, declared, input));
  if (declared.encryption !== undefined) {
    needs.push({ is: "one", of: keyOf(path), from: "step", strength: "requires", origin });
  }
  if (declared.dataset !== undefined) {
    const of = { is: "step", id: poolStep(declared.dataset) } as const;
    needs.push({ is: "one", of, from: "step", strength: "requires", origin: input.originOf(path, "dataset") });
  }
  const sources = declared.source === undefined ? [] : [nearestMount(declared.source, all)];
  const parents = path === "/" ? [] : [nearestMount(parentOf(path), all)];
  for (const mount of new Set([...parents, ...sources])) {
    needs.push({ is: "one", of: { is: "mount", path: mount }, from: "step", strength: "requires", origin });
  }
  return needs;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 1));
}

/** The declared mount that a path lies on. */
function nearestMount(path: string, all: readonly string[]): string {
  return all.includes(path) || path === "/" ? path : nearestMount(parentOf(path), all);
}
