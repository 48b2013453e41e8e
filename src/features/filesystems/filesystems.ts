import { absolutePath, namedTables } from "../../config/schema.ts";
import type { Need } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { resumeDecided } from "../../steps/resume-decided.ts";
import { defineFeature, type Input } from "../feature.ts";
import { deviceNeeds } from "./device-needs.ts";
import { filesystem, type DeclaredFilesystem } from "./declared.ts";
import { keyOf, unlockStep } from "./encryption.ts";
import { growStep } from "./grow.ts";
import { kindOf } from "./kinds.ts";
import { copyStepId, copySteps } from "./memory-copy.ts";
import { mountOptions } from "./options.ts";
import { makeStep, makeStepId } from "./make.ts";
import { isSound } from "./mistakes.ts";
import { importSteps, poolStep } from "./pool.ts";
import { scriptMount } from "./scripted.ts";
import { mountsBelow } from "./sources.ts";
import { renderMount } from "./systemd.ts";
import { comesAfterVolatile, volatileStepId, volatileSteps, withState } from "./volatile.ts";

/** `[filesystems."/PATH"]`: what is mounted before the real system starts. */
export const filesystems = defineFeature({
  schema: namedTables(absolutePath, filesystem)
    .prefault({})
    .meta({ description: "What is mounted at this path of the real system before it starts.", keyName: "PATH" }),
  contribute(value, input) {
    if (value["/"] === undefined) reportNoRoot(input);
    reportCheckedTwice(value, input);
    const sound = Object.entries(value).filter(([path, declared]) => isSound(path, declared, value, input));
    const all = withState(value);
    // What the root stands for besides has no line of its own.
    const known: Input = {
      ...input,
      originOf: (...at) =>
        at[0] === "/var" && value["/var"] === undefined ? input.originOf("/", "volatile") : input.originOf(...at),
    };
    const added = Object.entries(all).filter(([path]) => value[path] === undefined);
    const steps = [...sound, ...added].flatMap(([path, declared]) => [
      ...unlockStep(path, declared, known),
      ...copySteps(path, declared, all, known),
      ...makeStep(path, declared, known),
      mountStep(path, declared, all, known),
      ...growStep(path, declared, known),
    ]);
    return { steps: [...importSteps(value, input), ...steps, ...volatileSteps(all, known)] };
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

function mountStep(
  path: string,
  declared: DeclaredFilesystem,
  all: Readonly<Record<string, DeclaredFilesystem>>,
  input: Input,
): BootStep {
  const origin = input.originOf(path);
  const kind = kindOf(declared.type);
  const checked = kind.checker !== undefined && declared.image === undefined && (declared.fsck ?? true);
  const what = sourceOf(declared);
  return {
    id: `mount:${path}`,
    title: `mount ${what} at ${path}`,
    origin,
    needs: mountNeeds(path, declared, all, input),
    provides: [{ is: "mount", path }],
    takes: isLoop(declared) ? [...kind.takes, loopModule] : kind.takes,
    ...(isLoop(declared) || declared.type === "overlay" ? { staysOpen: true } : {}),
    overrides: path === "/" ? rootOverrides : [],
    onFailure: declared.nofail ? "go-on" : "stop",
    facts: { source: what, path, type: declared.type, options: mountOptions(declared, path).join(","), fsck: checked },
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
function sourceOf({ device, devices, dataset, remote, source, image, tag, type }: DeclaredFilesystem): string {
  const elsewhere = image ?? tag ?? remote;
  return elsewhere ?? device?.spec ?? devices?.map(({ spec }) => spec).join(":") ?? dataset ?? source ?? type;
}

/** What a message about its device points at. */
function sourceKey({ devices, dataset, tag }: DeclaredFilesystem): string {
  if (tag !== undefined) return "tag";
  if (devices !== undefined) return "devices";
  return dataset === undefined ? "device" : "dataset";
}

const rootOverrides = (["root", "rootfstype", "rootflags", "ro", "rw"] as const).map(
  (word) => ({ word, effect: "replaces" }) as const,
);

function mountNeeds(
  path: string,
  declared: DeclaredFilesystem,
  all: Readonly<Record<string, DeclaredFilesystem>>,
  input: Input,
): Need[] {
  const origin = input.originOf(path);
  const kind = kindOf(declared.type).on;
  const needs: Need[] = [resumeDecided(origin)];
  if (declared["copy-to-ram"]) {
    const of = { is: "step", id: copyStepId(path) } as const;
    needs.push({ is: "one", of, from: "step", strength: "requires", origin: input.originOf(path, "copy-to-ram") });
  } else {
    needs.push(...deviceNeeds(path, declared, input));
  }
  if (declared.encryption !== undefined) {
    needs.push({ is: "one", of: keyOf(path), from: "step", strength: "requires", origin });
  }
  if (declared.dataset !== undefined) {
    const of = { is: "step", id: poolStep(declared.dataset) } as const;
    needs.push({ is: "one", of, from: "step", strength: "requires", origin: input.originOf(path, "dataset") });
  }
  if (declared["make-filesystem"]) {
    const of = { is: "step", id: makeStepId(path) } as const;
    needs.push({ is: "one", of, from: "step", strength: "requires", origin: input.originOf(path, "make-filesystem") });
  }
  if (kind === "network") {
    const at = input.originOf(path, "remote");
    needs.push({ is: "one", of: { is: "network" }, from: "step", strength: "requires", origin: at });
  }
  for (const mount of mountsBelow(path, declared, Object.keys(all))) {
    needs.push({ is: "one", of: { is: "mount", path: mount }, from: "step", strength: "requires", origin });
  }
  if (comesAfterVolatile(path, all)) {
    const of = { is: "step", id: volatileStepId } as const;
    needs.push({ is: "one", of, from: "step", strength: "requires", origin });
  }
  return needs;
}

function isLoop(declared: DeclaredFilesystem): boolean {
  return declared.image !== undefined || declared["copy-to-ram"];
}

const loopModule = { is: "module", name: "loop", why: "a file system in a file" } as const;
