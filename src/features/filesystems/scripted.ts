import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { secondsWord, type ScriptPart, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { secondsForAll } from "./btrfs.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { plainMount, type PlainMount } from "./mounted.ts";
import { nfsTakes, noMountNfs } from "./nfs.ts";
import { mountOptions } from "./options.ts";
import { writableOf } from "./overlay.ts";

/** A mount below /sysroot, with the check before it. */
export function scriptMount(
  path: string,
  declared: DeclaredFilesystem,
  checker: string | undefined,
  origin: Origin,
  target: Target,
): Verdict<ScriptedRendering> {
  const options = mountOptions(declared, path).join(",");
  const plain = plainMount(path, declared);
  if (declared.type === "nfs") return scriptRemote(path, declared, options, shortOrigin(origin), target);
  if (plain !== undefined) return scriptPlainly(path, declared, plain, shortOrigin(origin));
  const seconds = secondsWord(declared["device-timeout"]);
  if (declared.type === "btrfs" && declared.device !== undefined) {
    const within = secondsWord(secondsForAll(declared));
    const call = ["mount_btrfs", path, declared.device.spec, options, within, shortOrigin(origin)] as const;
    return script(call, [], ["members", "btrfs"]);
  }
  if (declared.type === "bcachefs") {
    const devices = declared.devices ?? (declared.device === undefined ? [] : [declared.device]);
    const call = [
      "mount_bcachefs",
      path,
      options,
      seconds,
      shortOrigin(origin),
      ...devices.map(({ spec }) => spec),
    ] as const;
    return script(call, [], ["prompt", "members", "bcachefs"]);
  }
  if (declared.dataset !== undefined) {
    const takes = ["zfs", "mount.zfs"].map((name): Requirement => ({ is: "program", name, why: "mounts of zfs" }));
    return script(["mount_zfs", path, declared.dataset, options, shortOrigin(origin)], takes, ["prompt", "zfs"]);
  }
  if (checker !== undefined && !target.hasProgram(checker)) {
    return { can: false, because: `the sysroot has no ${checker}`, hint: "install it there, or set fsck = false" };
  }
  return script(
    [
      "mount_filesystem",
      path,
      declared.device?.spec ?? "",
      declared.type,
      options,
      checker === undefined ? "" : target.programPath(checker),
      seconds,
      shortOrigin(origin),
    ],
    checker === undefined ? [] : [{ is: "program", name: checker, why: "file system check" }],
  );
}

function scriptRemote(
  path: string,
  declared: DeclaredFilesystem,
  options: string,
  where: string,
  target: Target,
): Verdict<ScriptedRendering> {
  if (!target.hasProgram("mount.nfs")) return noMountNfs;
  const program = target.programPath("mount.nfs");
  return script(["mount_remote", path, "nfs", declared.remote ?? "", options, program, where], nfsTakes, ["remote"]);
}

function scriptPlainly(
  path: string,
  declared: DeclaredFilesystem,
  { what, type, options }: PlainMount,
  where: string,
): Verdict<ScriptedRendering> {
  const written = options.join(",");
  if (declared.tag !== undefined) {
    const seconds = secondsWord(declared["device-timeout"]);
    const call = ["mount_share", path, type, declared.tag, written, seconds, where] as const;
    return script(call, [], ["share"]);
  }
  if (declared.type === "bind") {
    return script(["mount_bind", path, declared.source ?? path, declared.options.join(","), where]);
  }
  const writable = declared.type === "overlay" ? writableOf(path, declared) : undefined;
  if (writable === undefined) return script(["mount_plainly", path, type, what, written, where]);
  const { memory = "", upper, work, make } = writable;
  const call = ["mount_overlay", path, written, memory, upper, work, make ? "make" : "look", where] as const;
  return script(call, [], ["overlay"]);
}

function script(
  call: readonly [string, ...string[]],
  takes: readonly Requirement[] = [],
  parts: readonly ScriptPart[] = [],
): Verdict<ScriptedRendering> {
  return { can: true, rendering: { parts: ["device", "mount", ...parts], call, takes } };
}
