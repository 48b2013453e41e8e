import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { openKernel } from "./kernel.ts";
import { memoryTree } from "./memory-tree.ts";
import { checkModuleOptions, moduleInfo, moduleParameters } from "./module-info.ts";
import { moduleElf } from "../testing/module-elf.ts";

function infoOf(bytes: Uint8Array) {
  return moduleInfo({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) });
}

const records = [
  "license=GPL",
  "firmware=a/b.bin",
  "firmware=c-*.fw",
  "parm=nested:run guests",
  "parmtype=nested:bool",
];

describe("moduleInfo", () => {
  it.each([
    ["64 bits", true, true],
    ["32 bits", false, true],
    ["big-endian", true, false],
  ])("reads firmware and parameters (%s)", (_, wide, little) => {
    expect(infoOf(moduleElf(records, { wide, little }))).toEqual({
      firmware: ["a/b.bin", "c-*.fw"],
      parameters: ["nested"],
    });
  });

  it("reads a module with a signature at its end", () => {
    const signed = Buffer.concat([moduleElf(records), Buffer.from("~Module signature appended~\n")]);
    expect(infoOf(signed)?.parameters).toEqual(["nested"]);
  });

  it("knows nothing of what is no ELF file, was cut short, or lies", () => {
    expect(infoOf(Buffer.from("#!/bin/sh\n"))).toBeUndefined();
    const whole = moduleElf(records);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(whole.length), (at, byte, end) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = byte;
        const info = infoOf(bytes.subarray(0, end));
        expect(info === undefined || Array.isArray(info.firmware)).toBe(true);
      }),
    );
  });
});

describe("checkModuleOptions", () => {
  it("warns of a parameter that the module does not have, and names the one that was meant", () => {
    const { report, all } = findings();
    checkModuleOptions("kvm_amd", ["nestde=1", "npt=1"], ["nested", "npt"], report);
    expect(all).toMatchObject([{ code: "U365", severity: "warning", hint: "did you mean nested?" }]);
  });

  it("accepts either dash, flags without a value, and what every module takes", () => {
    const { report, all } = findings();
    checkModuleOptions("m", ["max-loop=8", "verbose", "dyndbg=+p", "async_probe"], ["max_loop", "verbose"], report);
    expect(all).toEqual([]);
  });
});

describe("moduleParameters", () => {
  it("knows those of the image's modules and of what is built in", () => {
    const kernel = openKernel(
      memoryTree({
        "/usr/lib/modules/6.1/modules.dep": "",
        "/usr/lib/modules/6.1/modules.builtin": "kernel/drivers/loop.ko\n",
        "/usr/lib/modules/6.1/modules.builtin.modinfo": "loop.parm=max_loop:How many\0loop.license=GPL\0",
      }),
      undefined,
      () => undefined,
    );
    if (kernel === undefined) throw new Error("no kernel");
    const bytes = moduleElf(records);
    const file = {
      module: { name: "kvm_amd", path: "kernel/kvm-amd.ko", why: [] },
      path: "/kvm-amd.ko",
      size: bytes.length,
      content: { is: "bytes", bytes },
      readAt: (offset: number, length: number) => bytes.subarray(offset, offset + length),
    } as const;
    expect(moduleParameters(kernel, [file], "kvm-amd")).toEqual(["nested"]);
    expect(moduleParameters(kernel, [file], "loop")).toEqual(["max_loop"]);
    expect(moduleParameters(kernel, [file], "nvme")).toBeUndefined();
  });
});
