import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import type { Need } from "../../plan/resource.ts";
import type { StepId, Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { secondsWord } from "../../stage-one/scripted/rendering.ts";
import { execLine, literal, mountUnit } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import { resumeDecided } from "../../steps/resume-decided.ts";
import type { Input } from "../feature.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { deviceNeeds } from "./device-needs.ts";
import { mountHolding, nameOfPath, placeInInitrd } from "./place.ts";
import { isOnlyCopied } from "./sources.ts";

/** The copy in memory of what is mounted at a path. */
export function memoryCopy(path: string): string {
  return `/run/unitrd/memory/${nameOfPath(path)}/image`;
}

export function copyStepId(path: string): StepId {
  return `copy:${path}`;
}

/** The step that copies an image, or what is on a device, to memory; none without `copy-to-ram`. */
export function copySteps(
  path: string,
  declared: DeclaredFilesystem,
  all: Readonly<Record<string, DeclaredFilesystem>>,
  input: Input,
): readonly BootStep[] {
  const { image, device } = declared;
  if (!declared["copy-to-ram"] || (image === undefined && device === undefined)) return [];
  const origin = input.originOf(path, "copy-to-ram");
  const holder = image === undefined ? undefined : mountHolding(image, Object.keys(all));
  const isDetached = holder !== undefined && holder !== "/" && isOnlyCopied(holder, all);
  const detached = isDetached ? placeInInitrd(holder) : undefined;
  const needs: Need[] = [resumeDecided(origin), ...deviceNeeds(path, declared, input)];
  if (holder !== undefined) {
    needs.push({ is: "one", of: { is: "mount", path: holder }, from: "step", strength: "requires", origin });
  }
  const what = image ?? device?.spec ?? "";
  const where = shortOrigin(origin);
  return [
    {
      id: copyStepId(path),
      title: `copy ${what} to memory`,
      origin,
      needs,
      provides: [],
      takes: [],
      overrides: [],
      onFailure: declared.nofail ? "go-on" : "stop",
      facts: { path, source: what, detached: detached ?? "" },
      render: {
        systemd: (target) => renderCopy(path, declared, detached, where, input.template("scripted/memory.sh"), target),
        scripted: () => ({
          can: true,
          rendering: {
            parts: ["device", "memory"],
            call: [
              image === undefined ? "copy_device" : "copy_image",
              declared.type,
              image === undefined ? what : placeInInitrd(image),
              memoryCopy(path),
              where,
              ...(image === undefined ? [secondsWord(declared["device-timeout"])] : [detached ?? ""]),
            ],
            takes: [],
          },
        }),
      },
    },
  ];
}

/** The functions of the scripted stage one in a script of its own, with what they take from elsewhere. */
function copyProgram(functions: string): string {
  const body = functions
    .split("\n")
    .filter((line) => !line.startsWith("# shellcheck ") && !line.startsWith("# Parts share"))
    .join("\n");
  return `#!/bin/sh\nsay() { printf 'unitrd: %s\\n' "$*"; }\n\n${body}\ncopy_image "$@"\n`;
}

const program = "/usr/lib/unitrd/copy-to-memory";

function renderCopy(
  path: string,
  declared: DeclaredFilesystem,
  detached: string | undefined,
  where: string,
  functions: string,
  target: Target,
): Verdict<SystemdRendering> {
  const source = declared.image === undefined ? (declared.device?.path ?? "") : placeInInitrd(declared.image);
  const name = `unitrd-copy-${escapeName(path)}.service`;
  const copy: Unit = {
    name,
    place: "local",
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Copy of ${source} to memory`)],
          ["DefaultDependencies", "no"],
          // The isolation before the hand-over would stop it, and with it the mount that requires it.
          ["IgnoreOnIsolate", "yes"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["StandardOutput", "journal+console"],
          ["ExecStart", execLine([program, declared.type, source, memoryCopy(path), where])],
        ],
      },
    ],
  };
  const takes = ["sh", "dd", "mkdir", "mount", "od", "stat", "readlink"].map((one) => ({
    is: "program" as const,
    name: one,
    why: "copies to memory",
  }));
  return {
    can: true,
    rendering: {
      units: detached === undefined ? [copy] : [copy, detachUnit(path, detached, target)],
      done: name,
      gates: [name],
      takes: [
        ...takes,
        { is: "file", path: program, mode: 0o755, content: copyProgram(functions), why: "copies to memory" },
      ],
    },
  };
}

function escapeName(path: string): string {
  return mountUnit(placeInInitrd(path)).slice(0, -".mount".length);
}

/** At the hand-over: what systemd starts again before that would bring the mount back. */
function detachUnit(path: string, detached: string, target: Target): Unit {
  return {
    name: `unitrd-detach-${escapeName(path)}.service`,
    place: "local",
    wantedBy: ["initrd-switch-root.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`End of ${detached}, which was copied to memory`)],
          ["DefaultDependencies", "no"],
          ["Before", "initrd-switch-root.service"],
          ["ConditionPathIsMountPoint", literal(detached)],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["ExecStart", execLine([target.programPath("umount"), detached])],
        ],
      },
    ],
  };
}
