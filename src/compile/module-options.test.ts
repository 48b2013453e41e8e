import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { moduleElf } from "../testing/module-elf.ts";
import { compileText, plainRoot, syntheticKernel, syntheticSysroot } from "../testing/synthetic-sysroot.ts";

const modules = `/usr/lib/modules/${syntheticKernel}`;
const sysroot = syntheticSysroot({
  [`${modules}/kernel/kvm_amd.ko`]: moduleElf(["parm=nested:Nested virtualisation", "parmtype=npt:bool"]),
  [`${modules}/modules.builtin`]: "kernel/vt.ko\n",
});

async function optionsFor(lines: string): Promise<readonly Diagnostic[]> {
  const { found } = await compileText(`${plainRoot}\n[modules]\n${lines}\n`, { sysroot });
  return found.filter(({ code }) => code === "U365" || code === "U181");
}

describe("options of modules", () => {
  it("are silent when the module has the parameter", async () => {
    expect(await optionsFor('available = ["kvm-amd"]\noptions.kvm_amd = ["nested=1", "npt=0"]')).toEqual([]);
  });

  it("are questioned at their own line when the module has no such parameter", async () => {
    const [said, ...more] = await optionsFor(
      'available = ["kvm_amd"]\noptions.kvm_amd = [\n  "npt=0",\n  "nestd=1",\n]',
    );
    expect(more).toEqual([]);
    expect(said).toMatchObject({ code: "U365", severity: "warning", hint: "did you mean nested?", at: [{ line: 9 }] });
  });

  it("have no effect when nothing brings the module in, which is said", async () => {
    const [said] = await optionsFor('options.kvm_amd = ["nested=1"]');
    expect(said).toMatchObject({ code: "U181", severity: "warning", at: [{ line: 6 }] });
    expect(said?.hint).toContain('modules.available = ["kvm_amd"]');
  });

  it("belong on the kernel command line when the module is built in", async () => {
    const [said] = await optionsFor('options.vt = ["color=2", "cur_default=1"]');
    expect(said).toMatchObject({ code: "U181" });
    expect(said?.hint).toBe("write them on the kernel command line: vt.color=2 vt.cur_default=1");
  });

  it("of a misspelt module name the one that was meant", async () => {
    const [said] = await optionsFor('options.kvm_adm = ["nested=1"]');
    expect(said).toMatchObject({ code: "U181", hint: "did you mean kvm_amd?" });
  });
});
