import { describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import type { HostCpu } from "./host-report.ts";
import { memoryTree } from "./memory-tree.ts";
import { microcodeEntries } from "./microcode.ts";

/** An update as Intel's manual has it: a header of 48 bytes, and words of which all together are 0. */
function intel(fill: number): Uint8Array {
  const bytes = new Uint8Array(64).fill(fill, 48);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1, true);
  view.setUint32(20, 1, true);
  view.setUint32(28, 16, true);
  view.setUint32(32, 64, true);
  let sum = 0;
  for (let at = 0; at < 64; at += 4) sum = (sum + view.getUint32(at, true)) >>> 0;
  view.setUint32(16, -sum >>> 0, true);
  return bytes;
}

/** A container of AMD's: a table of no processors, and a patch. */
function amd(fill: number): Uint8Array {
  const bytes = new Uint8Array(4 + 8 + 16 + 8 + 4).fill(fill, 36);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x00414d44, true);
  view.setUint32(8, 16, true);
  bytes.fill(0, 12, 28);
  view.setUint32(28, 1, true);
  view.setUint32(32, 4, true);
  return bytes;
}

const firmware = "/usr/lib/firmware";
const files = {
  [`${firmware}/intel-ucode/06-8e-09`]: intel(1),
  [`${firmware}/intel-ucode/06-8e-0a`]: intel(2),
  [`${firmware}/intel-ucode/06-9e-09`]: intel(3),
  [`${firmware}/intel-ucode/06-9e-09.initramfs`]: "not an update",
  [`${firmware}/amd-ucode/microcode_amd.bin`]: amd(4),
  [`${firmware}/amd-ucode/microcode_amd_fam19h.bin`]: amd(5),
  [`${firmware}/amd-ucode/microcode_amd_fam19h.bin.asc`]: "a signature",
};

function taken(cpu: HostCpu | "all", more: Readonly<Record<string, Uint8Array>> = {}) {
  const { report, all } = findings();
  const sysroot = memoryTree({ ...files, ...more }, "/sysroot");
  const entries = microcodeEntries(sysroot, { cpu, why: [] }, report);
  return {
    codes: all.map(({ code, severity }) => `${code} ${severity}`),
    messages: all.map(({ message }) => message),
    files: Object.fromEntries(
      entries.map((entry) => [
        `${entry.layer} ${entry.path}`,
        entry.type === "file" && entry.content.is === "bytes" ? Buffer.from(entry.content.bytes) : undefined,
      ]),
    ),
  };
}

describe("microcode", () => {
  it("is that of one processor, each stepping of it", () => {
    expect(taken({ vendor: 0, family: 6, model: 0x8e })).toEqual({
      codes: [],
      messages: [],
      files: { "early /kernel/x86/microcode/GenuineIntel.bin": Buffer.concat([intel(1), intel(2)]) },
    });
    expect(taken({ vendor: 2, family: 0x19, model: 0x11 }).files).toEqual({
      "early /kernel/x86/microcode/AuthenticAMD.bin": Buffer.from(amd(5)),
    });
    expect(Object.values(taken({ vendor: 2, family: 0x10, model: 1 }).files)).toEqual([Buffer.from(amd(4))]);
  });

  it("is all that there is, a file for each maker", () => {
    expect(taken("all").files).toEqual({
      "early /kernel/x86/microcode/GenuineIntel.bin": Buffer.concat([intel(1), intel(2), intel(3)]),
      "early /kernel/x86/microcode/AuthenticAMD.bin": Buffer.concat([amd(4), amd(5)]),
    });
  });

  it("that a new processor has none of is a warning, and that the sysroot has none an error", () => {
    expect(taken({ vendor: 0, family: 6, model: 1 }).codes).toEqual(["U861 warning"]);
    const { report, all } = findings();
    microcodeEntries(memoryTree({}, "/sysroot"), { cpu: "all", why: [] }, report);
    expect(all.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["U861 error"]);
  });

  it.each<[string, string, Uint8Array]>([
    ["the sum of an update is wrong", "intel-ucode/06-8e-0b", intel(1).with(50, 7)],
    ["an update is longer than the file", "intel-ucode/06-8e-0b", intel(1).subarray(0, 60)],
    ["it ends within a header", "intel-ucode/06-8e-0b", intel(1).subarray(0, 20)],
    ["it does not begin as a container", "amd-ucode/microcode_amd_fam17h.bin", amd(1).with(0, 0)],
    ["a section is longer than the file", "amd-ucode/microcode_amd_fam17h.bin", amd(1).subarray(0, 38)],
  ])("of which %s is refused", (says, name, bytes) => {
    const result = taken("all", { [`${firmware}/${name}`]: bytes });
    expect(result.codes).toEqual(["U862 error"]);
    expect(result.messages[0]).toContain(says);
  });
});
