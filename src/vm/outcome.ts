import type { Ending } from "../host/processes.ts";
import type { Reports } from "./report.ts";
import { appears } from "./typing.ts";

/** How a boot ended. */
export interface Outcome {
  readonly is: OutcomeName;
  /** One sentence for a person, without a full stop. */
  readonly because: string;
  /** True when the guest sent no report and this was read off its console. */
  readonly guessed: boolean;
}

/** What `unitrd boot` returns to the shell; docs/boot-testing.md is generated from this table. */
export const exitStatuses = {
  "hand-over": { status: 0, explanation: "The initrd handed over: PID 1 runs from the real root." },
  emergency: { status: 10, explanation: "The initrd gave up and reached emergency mode." },
  "time-out": {
    status: 11,
    explanation: "The time limit passed before anything was decided, and the machine was stopped.",
  },
  panic: { status: 12, explanation: "The kernel panicked." },
  "qemu-died": {
    status: 13,
    explanation:
      "QEMU itself could not start, crashed, or broke the guest: nothing is known about the initrd. Try again.",
  },
  "powered-off": { status: 14, explanation: "The machine powered off or rebooted before the hand-over." },
  interrupted: {
    status: 130,
    explanation: "A signal, or the key that leaves the console, ended it before the hand-over.",
  },
} as const satisfies Record<string, { readonly status: number; readonly explanation: string }>;

export type OutcomeName = keyof typeof exitStatuses;

export interface Evidence {
  readonly reports: Reports;
  /** Without escape sequences. */
  readonly consoleText: string;
  readonly because: "over" | "exited" | "limit" | "left" | "interrupted" | "cut";
  readonly ending: Ending;
  /** QEMU's own standard error. */
  readonly complaint: string;
  /** Seconds. */
  readonly limit: number;
}

/** Judges by what the guest reported, then by how QEMU ended, and by the console only where nothing else is said. */
export function judge(evidence: Evidence): Outcome {
  const { reports, because, consoleText } = evidence;
  const reported = reports.whole.map(({ event }) => event);
  if (reported.includes("stage-two")) return known("hand-over", "the real root's init reported");
  if (reported.includes("switched")) return known("hand-over", "PID 1 runs from the real root");
  const death = qemuDeath(evidence);
  if (death !== undefined) return known("qemu-died", death);
  const panic = panicText(consoleText);
  if (panic !== undefined) return known("panic", panic);
  if (reported.includes("emergency") || reports.torn.includes("emergency")) {
    return known("emergency", "the initrd reported emergency mode");
  }
  const seen = consoleVerdict(consoleText);
  const handing = reported.includes("hand-over");
  if (seen !== undefined && (!handing || seen.is === "emergency")) return { ...seen, guessed: true };
  const almost = handing ? ", after the initrd began to hand over" : "";
  if (because === "interrupted") return known("interrupted", `a signal ended it${almost}`);
  if (because === "cut") return known("interrupted", `the power was cut${almost}`);
  if (because === "left") return known("interrupted", `the console was left${almost}`);
  if (because === "limit") return known("time-out", `nothing was decided within ${evidence.limit} s${almost}`);
  if (handing)
    return { is: "hand-over", because: "the initrd began to hand over, then the machine went off", guessed: true };
  return known("powered-off", "the machine went off before the hand-over");
}

function known(is: OutcomeName, because: string): Outcome {
  return { is, because, guessed: false };
}

/** QEMU 7.2 breaks the guest's own code now and then ("Oops: int3"): no kernel runs into that by itself. */
function qemuDeath({ because, ending, complaint, consoleText }: Evidence): string | undefined {
  if (/\bOops: int3\b/.test(consoleText)) return 'QEMU broke the guest\'s code ("Oops: int3", a bug of its emulation)';
  if (because !== "exited") return undefined;
  const last = complaint.trim().split("\n").at(-1) ?? "";
  const said = last === "" ? "" : `: ${last}`;
  if (ending.signal !== undefined) return `QEMU was ended by ${ending.signal}${said}`;
  if (ending.status !== 0) return `QEMU ended with status ${ending.status ?? "unknown"}${said}`;
  return undefined;
}

/** The kernel's own words; one that was told `panic=-1` says no more after them. */
export function panicText(consoleText: string): string | undefined {
  const found = /Kernel panic - not syncing: ?([^\n]*)/.exec(consoleText);
  if (found === null) return undefined;
  return `the kernel panicked: ${found[1]?.trim() ?? ""}`;
}

/** For images whose PID 1 knows no units: what their consoles say where an observer would have reported. */
export function consoleVerdict(
  consoleText: string,
): { readonly is: "emergency" | "hand-over"; readonly because: string } | undefined {
  for (const text of givingUp) {
    if (appears(text, consoleText)) return { is: "emergency", because: `the console says "${text}"` };
  }
  for (const text of handingOver) {
    if (appears(text, consoleText)) return { is: "hand-over", because: `the console says "${text}"` };
  }
  if (/(^|\n)\S+ login: ?/.test(consoleText)) return { is: "hand-over", because: "the console asks for a login" };
  return undefined;
}

const givingUp = [
  "You are in emergency mode",
  "Cannot open access to console, the root account is locked",
  "Entering emergency mode",
  "Gave up waiting for root file system device",
  "dropping to emergency shell",
  "ERROR: Failed to mount the real root device",
];
const handingOver = ["Switching root.", "STAGE2-REACHED"];
