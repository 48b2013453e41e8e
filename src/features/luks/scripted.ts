import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { shellLine } from "../../stage-one/scripted/quote.ts";
import { secondsWord, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { commandOf, keyDeviceOf, wayName, type DeclaredLuks, type UnlockFiles, type Way } from "./declared.ts";

/** A call of cryptsetup(8) with what the options of crypttab(5) mean there. */
export function scriptUnlock(
  mapping: string,
  declared: DeclaredLuks,
  ways: readonly Way[],
  files: UnlockFiles,
  origin: Origin,
  target: Target,
): Verdict<ScriptedRendering> {
  if (!target.hasProgram("cryptsetup")) {
    return {
      can: false,
      because: "the sysroot has no cryptsetup",
      hint: "on Debian it is in the package cryptsetup-bin",
    };
  }
  const foreign = declared.options.find((option) => isForeign(option));
  if (foreign !== undefined) {
    return { can: false, because: `the option ${foreign} is for systemd-cryptsetup only`, hint: "take it out" };
  }
  const command = commandOf(ways);
  const program = `/etc/unitrd/unlock/${mapping}`;
  const tries = String(declared.tries ?? 0);
  const keys = ways.map((way, index) => keyDeviceFile(mapping, way, index));
  const header = files.header === undefined ? [] : [`--header=${files.header}`];
  return {
    can: true,
    rendering: {
      parts: ["device", "prompt", ...(ways.includes("credential") ? (["credential"] as const) : []), "luks"],
      call: [
        "unlock_luks",
        mapping,
        declared.device.spec,
        ways.map((way, index) => keys[index]?.path ?? wayName(way)).join(","),
        tries,
        secondsWord(declared["device-timeout"]),
        shortOrigin(origin),
        files.keyFile ?? "",
        command === undefined ? "" : program,
        declared["header-device"]?.spec ?? "",
        ...header,
        ...declared.options.flatMap((option) => cryptsetupOption(option)),
      ],
      takes: [
        { is: "program", name: "cryptsetup", why: "opening of encrypted devices" },
        { is: "library", soname: "libgcc_s.so.1", optional: true, why: "glibc loads it to end a thread" },
        ...(command === undefined ? [] : commandTakes(command, program, target)),
        ...keys.flatMap((file) => (file === undefined ? [] : [file])),
      ],
    },
  };
}

/** A script of one line, so that the words of the command are quoted once and can be tried by hand. */
function commandTakes(command: readonly string[], path: string, target: Target): readonly Requirement[] {
  const [name = "", ...rest] = command;
  const why = "the key of an encrypted device";
  const content = `#!/bin/sh\nexec ${shellLine([target.programPath(name), ...rest])}\n`;
  return [
    { is: "program", name, why },
    { is: "file", path, mode: 0o700, content, why },
  ];
}

/** Where a key lies, a line for each of: device, type, path, offset, size, seconds; an empty one where nothing is said. */
function keyDeviceFile(mapping: string, way: Way, index: number): Extract<Requirement, { is: "file" }> | undefined {
  const key = keyDeviceOf(way);
  if (key === undefined) return undefined;
  const seconds = secondsWord(key.timeout);
  const lines = [key["key-device"].spec, key.type, key.path, key.offset, key.size, seconds];
  const content = lines.map((line) => `${line ?? ""}\n`).join("");
  // A name without commas and blanks, whatever the mapping is called.
  const path = `/etc/unitrd/keys/${mapping}-${index + 1}`;
  return { is: "file", path, mode: 0o644, content, why: "where the key of an encrypted device lies" };
}

const flags: ReadonlyMap<string, string> = new Map([
  ["discard", "--allow-discards"],
  ["no-read-workqueue", "--perf-no_read_workqueue"],
  ["no-write-workqueue", "--perf-no_write_workqueue"],
  ["same-cpu-crypt", "--perf-same_cpu_crypt"],
  ["submit-from-crypt-cpus", "--perf-submit_from_crypt_cpus"],
  ["read-only", "--readonly"],
  ["readonly", "--readonly"],
]);
const settings: ReadonlySet<string> = new Set(["key-slot", "keyfile-offset", "keyfile-size", "sector-size"]);
const handled: ReadonlySet<string> = new Set(["luks"]);

function isForeign(option: string): boolean {
  const name = option.split("=")[0] ?? "";
  return !flags.has(option) && !settings.has(name) && !handled.has(name);
}

function cryptsetupOption(option: string): readonly string[] {
  const flag = flags.get(option);
  if (flag !== undefined) return [flag];
  return handled.has(option.split("=")[0] ?? "") ? [] : [`--${option}`];
}
