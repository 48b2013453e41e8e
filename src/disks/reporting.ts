import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Reporting } from "./stage-two.ts";
import { CannotMake, runTool } from "./tool.ts";

/** Finds what the reporting root is made of. Throws `CannotMake` without a static busybox. */
export async function readReporting(templates: string): Promise<Reporting> {
  const busybox = await staticBusybox();
  const applets = (await runTool(busybox, ["--list"])).trim().split("\n");
  return { busybox, applets, init: await readFile(join(templates, "disks/stage-two-init"), "utf8") };
}

/** The path of a static busybox on this machine. Throws `CannotMake` without one. */
export async function staticBusybox(): Promise<string> {
  for (const path of ["/usr/bin/busybox", "/bin/busybox"]) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && isStatic(await readFile(path))) return path;
  }
  throw new CannotMake("U659", "there is no static busybox on this machine", "install the package busybox-static");
}

/** A program that asks for no interpreter: no PT_INTERP (3) among its program headers, elf(5), 64-bit little-endian. */
function isStatic(elf: Buffer): boolean {
  if (elf.length < 64 || elf.readUInt32BE(0) !== 0x7f454c46) return false;
  const start = Number(elf.readBigUInt64LE(32));
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)];
  for (let index = 0; index < count; index++) {
    const at = start + index * size;
    if (at + 4 > elf.length || elf.readUInt32LE(at) === 3) return false;
  }
  return true;
}
