import { describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import type { Origin } from "../diagnostics/diagnostic.ts";
import { memoryTree } from "./memory-tree.ts";
import type { MemoryFile } from "./memory-tree.ts";
import { ruleFacts } from "./udev-rules.ts";
import type { RuleOptions } from "./udev-rules.ts";

const origin: Origin = { file: "m.toml", path: "units", line: 3, column: 1, isDefault: false };

function facts(text: string, more: Readonly<Record<string, MemoryFile>> = {}, options: RuleOptions = {}) {
  const { report, all } = findings();
  const tree = memoryTree({ "/usr/lib/udev/rules.d/60-x.rules": text, ...more });
  const [file] = ruleFacts(tree, [{ name: "60-x.rules", origin }], report, options);
  if (file === undefined) throw new Error("no facts");
  return { file, all };
}

describe("ruleFacts", () => {
  it("names the programs of PROGRAM, RUN and IMPORT, looked up in /usr/lib/udev when they have no directory", () => {
    const { file } = facts(
      [
        'PROGRAM=="/bin/readlink $env{X}", SYMLINK+="$result"',
        'KERNEL=="sd*", IMPORT{program}="ata_id --export $devnode"',
        'RUN+="/usr/sbin/dmsetup udevcomplete $env{C}", RUN{program}+="/usr/sbin/dmsetup x"',
        'RUN+="$env{REMOVE_CMD}"',
      ].join("\n"),
      { "/usr/lib/udev/ata_id": "#!" },
    );
    expect(file.programs).toEqual([
      { path: "/bin/readlink", line: 1, found: false },
      { path: "/usr/lib/udev/ata_id", line: 2, found: true },
      { path: "/usr/sbin/dmsetup", line: 3, found: false },
    ]);
  });

  it("names also the program that systemd-run is told to run", () => {
    const { file } = facts('RUN+="/usr/bin/systemd-run --no-block /usr/sbin/lvm vgchange /dev/x"', {
      "/usr/sbin/lvm": "#!",
      "/usr/bin/systemd-run": "#!",
    });
    expect(file.programs.map(({ path }) => path)).toEqual(["/usr/bin/systemd-run", "/usr/sbin/lvm"]);
  });

  it("collects accounts that are assigned, but not those that are compared, substituted or numbers", () => {
    const { file } = facts(
      'GROUP="disk", OWNER:="tss"\nGROUP=="kvm"\nGROUP="$env{G}"\nGROUP="44"\nOWNER="root", GROUP="disk"',
    );
    expect([file.users, file.groups]).toEqual([["root", "tss"], ["disk"]]);
  });

  it("collects what udev's own commands need", () => {
    const { file } = facts(
      'RUN{builtin}+="kmod load ms_block mspro_block"\nRUN{builtin}+="kmod load $env{MODALIAS}"\nIMPORT{builtin}="hwdb --subsystem=usb"',
    );
    expect(file.modules).toEqual(["ms_block", "mspro_block"]);
    expect(file.builtins).toEqual(["hwdb", "kmod"]);
    expect(file.usesHwdb).toBe(true);
  });

  it("collects the units that a device pulls in, a template for an instance that is known later", () => {
    const { file } = facts(
      'ENV{SYSTEMD_WANTS}+="mdadm-last-resort@$env{MD}.timer a.service", ENV{SYSTEMD_WANTS}=="b.service", ENV{OTHER}="c"',
    );
    expect(file.units).toEqual(["a.service", "mdadm-last-resort@.timer"]);
  });

  it("says of a missing program what the caller wants said", () => {
    const rule = 'RUN+="/usr/bin/absent"';
    expect(facts(rule).all).toEqual([]);
    expect(facts(rule, {}, { missingProgram: "hint" }).all).toMatchObject([
      { code: "U372", severity: "hint", at: [origin] },
    ]);
  });

  it("takes nothing of /etc/udev/rules.d, and nothing outside of the rules' directory", () => {
    const tree = memoryTree({ "/etc/udev/rules.d/10-a.rules": "", "/usr/lib/udev/x.rules": "" });
    const { report, all } = findings();
    const wants = [{ name: "10-a.rules", origin }, { name: "../x.rules" }, { name: "90-b.rules", optional: true }];
    expect(ruleFacts(tree, wants, report)).toEqual([]);
    expect(all).toMatchObject([{ code: "U370", at: [origin] }, { code: "U370" }]);
  });

  it("warns of a rule that udev would ignore and reads the others", () => {
    const { file, all } = facts('GROUP=disk\nGROUP="tape"');
    expect(all).toMatchObject([{ code: "U371", severity: "warning" }]);
    expect(file.groups).toEqual(["tape"]);
  });
});
