import { absolutePath, namedTables } from "../../config/schema.ts";
import type { Need } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { defineFeature, type Input } from "../feature.ts";
import { deviceNeeds } from "./device-needs.ts";
import { filesystem, type DeclaredFilesystem } from "./declared.ts";
import { keyOf, unlockStep } from "./encryption.ts";
import { kindOf } from "./kinds.ts";
import { mountOptions } from "./options.ts";
import { isSound } from "./mistakes.ts";
import { importSteps, poolStep } from "./pool.ts";
import { scriptMount } from "./scripted.ts";
import { renderMount } from "./systemd.ts";

/** `[filesystems."/PATH"]`: what is mounted before the real system starts. */
export const filesystems = defineFeature({
  schema: namedTables(absolutePath, filesystem)
    .prefault({})
    .meta({ description: "What is mounted at this path of the real system before it starts.", keyName: "PATH" }),
  contribute(value, input) {
    if (value["/"] === undefined) reportNoRoot(input);
    reportCheckedTwice(value, input);
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

/** A check of a file system that is mounted already would find it busy, or in two states at once. */
function reportCheckedTwice(value: Readonly<Record<string, DeclaredFilesystem>>, input: Input): void {
  const checkedAt = new Map<string, string>();
  for (const [path, declared] of Object.entries(value)) {
    const kind = kindOf(declared.type);
    if (kind.checker === undefined || declared.fsck === false || declared.device === undefined) continue;
    const other = checkedAt.get(declared.device.path);
    checkedAt.set(declared.device.path, other ?? path);
    if (other === undefined) continue;
    input.report({
      code: "U141",
      severity: "error",
      message: `${input.originOf(path).path}: ${declared.device.spec} is checked for ${input.originOf(other).path} already`,
      hint: `to have one file system in two places, mount it once and declare the other with type = "bind"`,
      at: [input.originOf(path, "device"), input.originOf(other, "device")],
    });
  }
}

function mountStep(path: string, declared: DeclaredFilesystem, all: readonly string[], input: Input): BootStep {
  const origin = input.originOf(path);
  const kind = kindOf(declared.type);
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
    facts: { source: what, path, type: declared.type, options: mountOptions(declared).join(","), fsck: checked },
    render: {
      systemd: (target) =>
        renderMount(path, declared, checked ? kind.checker : undefined, (key) => input.originOf(path, key), target),
      scripted: (target) =>
        scriptMount(
          path,
          declared,
          checked ? kind.checker : undefined,
          input.originOf(path, sourceKey(declared)),
          target,
        ),
    },
  };
}

/** As mount(8) would be told: several devices have colons between them. */
function sourceOf({ device, devices, dataset, source, type }: DeclaredFilesystem): string {
  return device?.spec ?? devices?.map(({ spec }) => spec).join(":") ?? dataset ?? source ?? type;
}

/** What a message about its device points at. */
function sourceKey({ devices, dataset }: DeclaredFilesystem): string {
  if (devices !== undefined) return "devices";
  return dataset === undefined ? "device" : "dataset";
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
