import { shortOrigin, type Report } from "../../diagnostics/diagnostic.ts";
import type { Why } from "../../diagnostics/reason.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Requirement, Taken } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import { askersFile } from "../askers.ts";
import type { Backends, BootStep } from "../backends.ts";
import type { ScriptedOptions } from "./options.ts";
import { followedWords } from "../followed-words.ts";
import { refusalPart } from "./command-line.ts";
import { shellLine, shellWord } from "./quote.ts";
import { scriptedVerdict } from "./verdict.ts";
import { scriptParts, secondsWord, type ScriptedRendering } from "./rendering.ts";
import { sentencePart } from "./sentences.ts";

export interface ScriptedStage {
  /** The text of /init. */
  readonly script: string;
  /** Who does each step: the function of the script, with its arguments. */
  readonly calls: readonly { readonly step: BootStep["id"]; readonly call: readonly string[] }[];
  readonly takes: readonly Taken[];
}

/** The text of a part of the script by its name, as in templates/scripted/. */
export type ScriptTemplate = (name: string) => string;

/**
 * Renders a plan as one POSIX script for busybox ash: its steps in the order of the plan, one after the other. Reports
 * U251 when a step cannot be rendered.
 */
export function assembleScripted(
  plan: Plan<Backends>,
  target: Target,
  options: ScriptedOptions,
  template: ScriptTemplate,
  report: Report,
): ScriptedStage {
  const rendered = plan.steps.flatMap((step): { step: BootStep; rendering: ScriptedRendering }[] => {
    const verdict = scriptedVerdict(step, target);
    if (verdict.can) return [{ step, rendering: verdict.rendering }];
    report({
      code: "U251",
      severity: "error",
      message: `the scripted stage one cannot do ${step.id}: ${verdict.because}`,
      ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
      at: [step.origin],
    });
    return [];
  });
  const used = new Set(rendered.flatMap(({ rendering }) => rendering.parts));
  const script = [
    heading(plan, options),
    sentencePart(),
    refusalPart(followedWords(plan)),
    ...["head", ...scriptParts.filter((part) => used.has(part)), "tail"].map((part) => body(template(part))),
    steps(rendered),
  ].join("\n");
  return {
    script,
    calls: rendered.flatMap(({ step, rendering }) =>
      rendering.call === undefined ? [] : [{ step: step.id, call: rendering.call }],
    ),
    takes: [
      ...[...baseTakes(script, options), ...askersFile(plan.steps, ({ id }) => id)].map((requirement) => ({
        requirement,
        why: [{ what: "the scripted stage one", origin: options.origin }, { what: requirement.why }],
      })),
      ...rendered.flatMap(({ step, rendering }) =>
        [...step.takes, ...rendering.takes].map((requirement) => ({ requirement, why: stepWhy(step, requirement) })),
      ),
    ],
  };
}

function heading(plan: Plan<Backends>, options: ScriptedOptions): string {
  const access = options.emergencyAccess;
  return [
    "#!/bin/sh",
    "# The scripted stage one that unitrd made: first the functions, then the steps of the plan in order.",
    `# ${plan.steps.length} steps; each begins with \`step\`, near the end.`,
    "# shellcheck disable=SC2034",
    "",
    `emergency_access=${access === false ? "locked" : access === true ? "open" : "password"}`,
    `panic_on_fail=${options.panicOnFail ? "yes" : "no"}`,
    `device_timeout=${secondsWord(options.deviceTimeout)}`,
    "",
  ].join("\n");
}

/** A template without the lines that only shellcheck reads. */
function body(text: string): string {
  return text
    .split("\n")
    .filter(
      (line) => !line.startsWith("# shellcheck ") && line !== "# Parts share variables: what one sets another reads.",
    )
    .join("\n");
}

function steps(rendered: readonly { step: BootStep; rendering: ScriptedRendering }[]): string {
  const lines = rendered.flatMap(({ step, rendering }) =>
    rendering.call === undefined
      ? []
      : [
          `declared_at=${shellWord(shortOrigin(step.origin).replaceAll("\n", " "))}`,
          `step ${shellWord(step.id)} ${step.onFailure} ${shellLine(rendering.call)}`,
          "",
        ],
  );
  return ["prepare", "", ...lines, "hand_over", ""].join("\n");
}

function stepWhy(step: BootStep, requirement: Requirement): Why {
  return [{ what: step.origin.path, origin: step.origin }, { what: `step ${step.id}` }, { what: requirement.why }];
}

/** What the templates call by name. A shell that is not built to run its own tools finds them by these links. */
const applets = [
  "base64",
  "blkid",
  "cat",
  "cp",
  "cttyhack",
  "dd",
  "find",
  "findfs",
  "grep",
  "hexdump",
  "hostname",
  "ln",
  "mkdir",
  "mount",
  "od",
  "readlink",
  "reboot",
  "rm",
  "sed",
  "setsid",
  "sleep",
  "sort",
  "stat",
  "stty",
  "sulogin",
  "switch_root",
  "sysctl",
  "tail",
  "tr",
  "umount",
  "usleep",
  "wc",
  "xargs",
] as const;

function baseTakes(script: string, options: ScriptedOptions): readonly Requirement[] {
  const why = "the scripted stage one";
  return [
    { is: "file", path: "/init", mode: 0o755, content: script, why: "the script itself" },
    { is: "program", name: "busybox", why: "the shell and its tools" },
    ...["/usr/bin/sh", "/usr/sbin/modprobe", ...applets.map((name) => `/usr/lib/unitrd/busybox/${name}`)].map(
      (path): Requirement => ({
        is: "symlink",
        path,
        target: "/usr/bin/busybox",
        why: "busybox by another name",
      }),
    ),
    ...["/dev", "/proc", "/run", "/sys", "/sysroot"].map((path): Requirement => ({
      is: "directory",
      path,
      mode: 0o755,
      why: "mount point of the early boot",
    })),
    // The kernel opens it for PID 1 before devtmpfs is mounted (Documentation/filesystems/ramfs-rootfs-initramfs.rst).
    { is: "character", path: "/dev/console", mode: 0o600, major: 5, minor: 1, why: "the console of PID 1" },
    ...(options.emergencyAccess === false
      ? []
      : ([{ is: "directory", path: "/root", mode: 0o700, why }] satisfies Requirement[])),
  ];
}
