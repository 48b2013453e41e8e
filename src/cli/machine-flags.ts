import { parseDuration } from "../config/duration.ts";
import { parseSize } from "../config/size.ts";
import { directoryOrFile, outputFlag } from "./parameters.ts";

/** The machine that something is booted in, said alike by every command that boots. */
export interface MachineFlags {
  readonly disk: readonly string[];
  readonly kernel?: string;
  readonly append: readonly string[];
  readonly memory: number;
  readonly limit: number;
  readonly type: readonly { readonly when: string; readonly type: string }[];
}

export const machineFlags = {
  disk: {
    kind: "parsed",
    parse: directoryOrFile,
    variadic: true,
    default: [],
    placeholder: "FILE",
    brief: "A disk, raw or qcow2, which is not changed; may be given several times: vda, vdb, …",
  },
  kernel: {
    ...outputFlag,
    optional: true,
    brief: "The kernel; default: that of the declaration, in /boot of the sysroot",
  },
  append: {
    kind: "parsed",
    parse: String,
    variadic: true,
    default: [],
    placeholder: "WORDS",
    brief: "Words for the kernel command line",
  },
  memory: { kind: "parsed", parse: memorySize, default: "1G", placeholder: "SIZE", brief: "Memory of the machine" },
  limit: {
    kind: "parsed",
    parse: timeLimit,
    default: "120s",
    placeholder: "TIME",
    brief: "Stop the machine after so long; each key pressed starts the time anew",
  },
  type: {
    kind: "parsed",
    parse: typingRule,
    variadic: true,
    default: [],
    placeholder: "PROMPT=TEXT",
    brief: "When PROMPT is on the console, type TEXT and Enter; several are followed in order",
  },
} as const;

/** MiB. */
function memorySize(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined || bytes < 64 * 1024 ** 2) throw new Error('a size of at least 64M, such as "512M" or "2G"');
  return Math.floor(bytes / 1024 ** 2);
}

/** Seconds. */
function timeLimit(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : parseDuration(text);
  if (seconds === undefined || !(seconds > 0) || seconds > 24 * 3600) {
    throw new Error('a time of at most a day, such as "90s" or "5min"');
  }
  return seconds;
}

function typingRule(text: string): { readonly when: string; readonly type: string } {
  const at = text.indexOf("=");
  if (at < 1) throw new Error("PROMPT=TEXT, such as 'for disk=secret'");
  return { when: text.slice(0, at), type: `${text.slice(at + 1)}\n` };
}
