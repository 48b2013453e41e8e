import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { openKernel } from "../sysroot/kernel.ts";
import { memoryTree } from "../sysroot/memory-tree.ts";
import { moduleClosure } from "../sysroot/module-closure.ts";
import { loadableByRules, rulesFiles, type RulesFiles, type WantedRules } from "./rules-files.ts";

const why = [{ what: "a feature" }];
const program = { content: "#!", mode: 0o755 };

function found(
  rules: Readonly<Record<string, string>>,
  wanted: readonly Pick<WantedRules, "name" | "optional">[] = Object.keys(rules).map((name) => ({
    name,
    optional: false,
  })),
): RulesFiles & { readonly said: readonly Diagnostic[] } {
  const tree = memoryTree({
    "/usr/lib/udev/scsi_id": program,
    "/usr/lib/systemd/systemd-sysctl": program,
    "/usr/sbin/dmsetup": program,
    ...Object.fromEntries(Object.entries(rules).map(([name, text]) => [`/usr/lib/udev/rules.d/${name}`, text])),
  });
  const said: Diagnostic[] = [];
  const files = rulesFiles(
    tree,
    wanted.map((one) => ({ ...one, why })),
    (one) => said.push(one),
  );
  return { ...files, said };
}

const names = (all: readonly { readonly name: string }[]): readonly string[] => all.map(({ name }) => name);

describe("what udev rules bring along", () => {
  it("takes the programs that rules call, with the rules as the reason", () => {
    const { programs, files } = found({
      "60-a.rules": 'IMPORT{program}="scsi_id"\nRUN+="/usr/sbin/dmsetup splitname"\n',
    });
    expect(names(programs)).toEqual(["/usr/lib/udev/scsi_id", "/usr/sbin/dmsetup"]);
    expect(programs[0]?.why).toEqual([...why, { what: "rules 60-a.rules" }]);
    expect(files.map(({ path }) => path)).toEqual(["/usr/lib/udev/rules.d/60-a.rules"]);
  });

  it("leaves systemd-sysctl to those who declare something to set", () => {
    expect(found({ "99-a.rules": 'RUN+="/usr/lib/systemd/systemd-sysctl --prefix=/net"\n' }).programs).toEqual([]);
  });

  it("warns of a program that is missing, and only mentions it for rules that are not needed", () => {
    const rules = { "60-a.rules": 'PROGRAM="gone"\n' };
    expect(found(rules)).toMatchObject({ programs: [], said: [{ code: "U372", severity: "warning" }] });
    expect(found(rules, [{ name: "60-a.rules", optional: true }]).said).toMatchObject([{ severity: "hint" }]);
  });

  it("reports rules that are not there, unless they are optional or wanted by somebody else as well", () => {
    const wanted = [
      { name: "gone.rules", optional: true },
      { name: "60-a.rules", optional: true },
      { name: "60-a.rules", optional: false },
    ];
    expect(found({ "60-a.rules": "" }, wanted)).toMatchObject({ said: [], files: [{}] });
    expect(found({}, wanted).said).toMatchObject([{ code: "U370" }]);
  });

  it("names users and groups but root, who is there anyway", () => {
    const { users, groups } = found({ "50-a.rules": 'OWNER="tss", GROUP="disk"\nOWNER="root", GROUP="root"\n' });
    expect([names(users), names(groups)]).toEqual([["tss"], ["disk"]]);
  });

  it("takes units that devices pull in with the services that these start, each only if the sysroot has it", () => {
    const { units } = found({
      "64-md.rules": 'ENV{SYSTEMD_WANTS}+="mdadm-last-resort@$kernel.timer mdmonitor.service"\n',
    });
    expect(units.map(({ name, optional }) => [name, optional])).toEqual(
      [
        ["mdadm-last-resort@.service", true],
        ["mdadm-last-resort@.timer", true],
        ["mdmonitor.service", true],
      ].toSorted((a, b) => names(units).indexOf(String(a[0])) - names(units).indexOf(String(b[0]))),
    );
  });

  it("leaves the units of 99-systemd.rules to the real system", () => {
    expect(found({ "99-systemd.rules": 'ENV{SYSTEMD_WANTS}+="sound.target"\n' }).units).toEqual([]);
  });
});

describe("modules that rules load by name", () => {
  const kernel = openKernel(
    memoryTree({
      "/usr/lib/modules/1/modules.dep":
        "kernel/tifm_core.ko:\nkernel/tifm_sd.ko: kernel/tifm_core.ko\nkernel/dm-verity.ko: kernel/dm-mod.ko\nkernel/dm-mod.ko:\n",
      "/usr/lib/modules/1/kernel/x": "",
    }),
    "1",
    () => undefined,
  );
  const wanted = ["tifm_sd", "dm-verity", "gone"].map((name) => ({ name, why }));

  function loadable(included: string): readonly string[] {
    if (kernel === undefined) throw new Error("no kernel");
    const closure = moduleClosure(kernel, [{ name: included, why }], () => undefined);
    return names(loadableByRules(wanted, kernel, closure));
  }

  it("come in when what they sit on is in the image", () => {
    expect(loadable("dm_mod")).toEqual(["dm-verity"]);
    expect(loadable("tifm_core")).toEqual(["tifm_sd"]);
  });

  it("are not named again when they are there already", () => {
    expect(loadable("tifm_sd")).toEqual([]);
  });
});
