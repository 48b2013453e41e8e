import { findings } from "../../diagnostics/diagnostic.ts";
import { writeAtomically } from "../../host/atomic-file.ts";
import { directoryTree, UnreadableFile, type DirectoryTree } from "../../host/directory-tree.ts";
import { errorCode } from "../../host/failure.ts";
import { readHost } from "../../sysroot/host.ts";
import type { HostReport } from "../../sysroot/host-report.ts";
import { exits, type Context } from "../context.ts";
import { showDiagnostics, showJson } from "../show.ts";

export interface HostFlags {
  readonly output?: string;
  readonly sys?: string;
  readonly list: boolean;
  readonly json: boolean;
}

/** unitrd host */
export async function runHost(this: Context, flags: HostFlags): Promise<void> {
  const found = findings();
  const sys = flags.sys ?? "/sys";
  const host = reportOf(sys);
  if (typeof host === "string" || host.devices.length === 0) {
    const what = typeof host === "string" ? host : "there is no device in it";
    const hint = "a copy needs the directories devices, class and bus, with their links";
    found.report({ code: "U867", severity: "error", message: `${sys} tells of no machine: ${what}`, hint, at: [] });
  } else if (flags.output !== undefined) {
    await writeAtomically(flags.output, 0o644, [Buffer.from(text(host))], found.report);
  } else if (!flags.json) {
    this.output.write(flags.list ? lines(host) : text(host));
  }
  if (flags.json) showJson(this, found.all, typeof host === "string" ? {} : { host });
  else showDiagnostics(this, found.all);
  if (found.hasErrors()) this.end(exits.fault);
}

/** The end of a sentence when it cannot be read. */
function reportOf(sys: string): HostReport | string {
  let tree: DirectoryTree | undefined;
  try {
    tree = directoryTree(sys);
    return readHost(tree);
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    const code = errorCode(error);
    if (code === undefined) throw error;
    return `it is no directory that can be read (${code})`;
  } finally {
    tree?.close();
  }
}

function text(host: HostReport): string {
  return `${JSON.stringify(host, undefined, 2)}\n`;
}

function lines({ devices }: HostReport): string {
  return devices
    .map(({ path, module, uses }) => `${uses.join(",").padEnd(14)} ${(module ?? "-").padEnd(16)} ${path}\n`)
    .join("");
}
