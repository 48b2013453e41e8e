import type { Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import type { Entry, LayerName, Manifest } from "../image/manifest.ts";
import { manifestBuilder, type ManifestBuilder } from "../image/manifest-builder.ts";
import type { Requirement, Taken } from "../plan/requirement.ts";
import { closeOver, type Root } from "../sysroot/closure.ts";
import type { FileSet } from "../sysroot/file-set.ts";
import { findProgram } from "../sysroot/programs.ts";
import { resolve } from "../sysroot/resolve.ts";
import type { Tree } from "../sysroot/tree.ts";
import { accounts } from "../sysroot/users.ts";
import { copyList } from "./copy-list.ts";
import { firstOrigin } from "./origins.ts";
import { knownAccounts } from "./known-accounts.ts";
import { shippedUnits, type ShippedUnits } from "./shipped-units.ts";
import type { RulesFiles } from "./rules-files.ts";

export interface Collection {
  readonly manifest: Manifest;
  readonly programs: FileSet;
}

interface Of<Kind extends Requirement["is"]> {
  readonly requirement: Extract<Requirement, { is: Kind }>;
  readonly why: Why;
}

/** Turns what the stage one wants into files. What the kernel brings along comes from elsewhere. */
export function collect(
  taken: readonly Taken[],
  sysroot: Tree,
  rules: RulesFiles,
  kernel: readonly Entry[],
  rootPassword: string | undefined,
  report: Report,
): Collection {
  const builder = manifestBuilder(report);
  const written = of(taken, "file").filter(({ requirement }) => !isLeftOut(requirement.path, taken));
  addWritten(builder, written, of(taken, "symlink"), of(taken, "directory"), of(taken, "character"), sysroot);
  const shipped = addUnits(builder, taken, rules, sysroot, report);
  for (const { path, why } of rules.files) addCopy(builder, sysroot, path, path, why);
  const programs = addPrograms(builder, taken, shipped, rules, sysroot, report);
  addCopyLists(builder, of(taken, "copy-list"), sysroot);
  addAccounts(builder, taken, shipped, rules, sysroot, rootPassword, report);
  for (const entry of kernel) builder.add(entry);
  addParents(builder, of(taken, "parent"));
  return { manifest: builder.done(), programs };
}

export function of<Kind extends Requirement["is"]>(taken: readonly Taken[], kind: Kind): readonly Of<Kind>[] {
  return taken.flatMap(({ requirement, why }) => (isOf(requirement, kind) ? [{ requirement, why }] : []));
}

function isOf<Kind extends Requirement["is"]>(
  requirement: Requirement,
  kind: Kind,
): requirement is Extract<Requirement, { is: Kind }> {
  return requirement.is === kind;
}

function isLeftOut(path: string, taken: readonly Taken[]): boolean {
  return of(taken, "no-unit").some(({ requirement }) => path === `/etc/systemd/system/${requirement.name}`);
}

function addWritten(
  builder: ManifestBuilder,
  files: readonly Of<"file">[],
  links: readonly Of<"symlink">[],
  directories: readonly Of<"directory">[],
  nodes: readonly Of<"character">[],
  sysroot: Tree,
): void {
  for (const path of ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/sbin"]) {
    if (sysroot.lstat(path)?.type !== "symlink") continue;
    const why = [[{ what: "the sysroot's merged /usr" }]];
    builder.add({ type: "symlink", path, target: sysroot.readlink(path), layer: "userland", why });
  }
  for (const { requirement, why } of files) {
    const { content } = requirement;
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const layer: LayerName = requirement.secret === true ? "secrets" : "config";
    builder.add({
      type: "file",
      path: requirement.path,
      mode: requirement.mode,
      content: { is: "bytes", bytes },
      layer,
      why: [why],
    });
  }
  for (const { requirement, why } of links) {
    builder.add({ type: "symlink", path: requirement.path, target: requirement.target, layer: "config", why: [why] });
  }
  for (const { requirement, why } of nodes) {
    const { path, mode, major, minor } = requirement;
    builder.add({ type: "character", path, mode, device: { major, minor }, layer: "config", why: [why] });
  }
  for (const { requirement, why } of directories) {
    builder.add({ type: "directory", path: requirement.path, mode: requirement.mode, layer: "config", why: [why] });
  }
}

function addParents(builder: ManifestBuilder, parents: readonly Of<"parent">[]): void {
  for (const { requirement, why } of parents) {
    if (builder.has(requirement.path)) continue;
    builder.add({ type: "directory", path: requirement.path, mode: 0o755, layer: "config", why: [why] });
  }
}

function addUnits(
  builder: ManifestBuilder,
  taken: readonly Taken[],
  rules: RulesFiles,
  sysroot: Tree,
  report: Report,
): ShippedUnits {
  const leftOut = new Set(of(taken, "no-unit").map(({ requirement }) => requirement.name));
  const wanted = [
    ...of(taken, "unit").map(({ requirement, why }) => ({
      name: requirement.name,
      optional: requirement.optional === true,
      why,
    })),
    ...rules.units,
  ].filter(({ name }) => !leftOut.has(name));
  const own = new Set(
    of(taken, "file").flatMap(({ requirement }) => {
      const name = /^\/(?:etc|usr\/lib)\/systemd\/system\/([^/]+)$/.exec(requirement.path)?.[1];
      return name === undefined || leftOut.has(name) ? [] : [name];
    }),
  );
  const shipped = shippedUnits(sysroot, wanted, own, report);
  for (const { source, path, why } of shipped.files) addCopy(builder, sysroot, source, path, why);
  for (const { path, target, why } of shipped.links) {
    builder.add({ type: "symlink", path, target, layer: "userland", why: [why] });
  }
  return shipped;
}

function addCopy(builder: ManifestBuilder, sysroot: Tree, source: string, path: string, why: Why): void {
  const stat = sysroot.lstat(source);
  if (stat === undefined) return;
  const content = { is: "sysroot", path: source, size: stat.size } as const;
  builder.add({ type: "file", path, mode: stat.mode & 0o755, content, layer: "userland", why: [why] });
}

function addPrograms(
  builder: ManifestBuilder,
  taken: readonly Taken[],
  shipped: ShippedUnits,
  rules: RulesFiles,
  sysroot: Tree,
  report: Report,
): FileSet {
  const features = new Set(of(taken, "dlopen").map(({ requirement }) => requirement.feature));
  const roots = [
    ...of(taken, "program").flatMap(({ requirement, why }) => {
      return programRoot(requirement.name, requirement.optional === true, why, sysroot, report);
    }),
    ...shipped.programs.flatMap(({ name, optional, why }) => programRoot(name, optional, why, sysroot, report)),
    ...rules.programs.flatMap(({ name, why }) => programRoot(name, true, why, sysroot, report)),
    ...of(taken, "copy").map(({ requirement, why }): Root => ({
      path: requirement.path,
      why,
      optional: requirement.optional === true,
    })),
    ...of(taken, "library").map(({ requirement, why }): Root => ({
      soname: requirement.soname,
      why,
      optional: requirement.optional === true,
    })),
  ];
  const dlopen: Parameters<typeof closeOver>[2]["dlopen"] = (note) =>
    note.priority === "required" || (note.feature !== undefined && features.has(note.feature));
  const files = closeOver(sysroot, roots, { dlopen }, report);
  for (const [path, { stat, why }] of files.files) {
    if (stat.type === "file") {
      const content = { is: "sysroot", path, size: stat.size } as const;
      builder.add({ type: "file", path, mode: stat.mode & 0o7777, content, layer: "userland", why });
    } else if (stat.type === "directory") {
      builder.add({ type: "directory", path, mode: stat.mode & 0o7777, layer: "userland", why });
    }
  }
  for (const [path, { target, why }] of files.links) {
    builder.add({ type: "symlink", path, target, layer: "userland", why });
  }
  return files;
}

function addCopyLists(builder: ManifestBuilder, lists: readonly Of<"copy-list">[], sysroot: Tree): void {
  for (const { requirement, why } of lists) {
    const bytes = new TextEncoder().encode(copyList(requirement, why, sysroot));
    const content = { is: "bytes", bytes } as const;
    builder.add({ type: "file", path: requirement.path, mode: 0o644, content, layer: "config", why: [why] });
  }
}

function programRoot(name: string, optional: boolean, why: Why, sysroot: Tree, report: Report): Root[] {
  const search = findProgram(sysroot, name);
  if (search.found) return [{ path: search.path, why: [...why, { what: `program ${search.path}` }] }];
  if (optional) return [];
  report({
    code: "U183",
    severity: "error",
    message: `the sysroot has no program ${name}, which is wanted for ${why.at(-1)?.what ?? "the boot"}`,
    hint:
      search.notExecutable === undefined
        ? `looked for ${search.looked.slice(0, 4).join(", ")}${search.looked.length > 4 ? ", …" : ""}`
        : `${search.notExecutable} is there, but nobody may execute it`,
    at: firstOrigin(why),
  });
  return [];
}

function addAccounts(
  builder: ManifestBuilder,
  taken: readonly Taken[],
  shipped: ShippedUnits,
  rules: RulesFiles,
  sysroot: Tree,
  rootPassword: string | undefined,
  report: Report,
): void {
  const named = (kind: "user" | "group"): { name: string; why: Why }[] =>
    of(taken, kind).map(({ requirement, why }) => ({ name: requirement.name, why }));
  const ruled = knownAccounts(sysroot, rules, report);
  const made = accounts(
    sysroot,
    {
      users: [...named("user"), ...shipped.users, ...ruled.users],
      groups: [...named("group"), ...shipped.groups, ...ruled.groups],
      ...(rootPassword === undefined ? {} : { rootPassword }),
      rootShell: "/bin/sh",
    },
    report,
  );
  const why: Why = [{ what: "users and groups that units and rules name" }];
  for (const [path, mode, text] of [
    ["/etc/passwd", 0o644, made.passwd],
    ["/etc/group", 0o644, made.group],
    ["/etc/shadow", 0o600, made.shadow],
  ] as const) {
    const content = { is: "bytes", bytes: new TextEncoder().encode(text) } as const;
    const layer: LayerName = path === "/etc/shadow" && rootPassword !== undefined ? "secrets" : "config";
    builder.add({ type: "file", path, mode, content, layer, why: [why] });
  }
  const release = resolve(sysroot, "/etc/os-release");
  if (!release.found) return;
  const bytes = sysroot.readAt(release.path, 0, release.stat.size);
  const releaseWhy: Why = [{ what: "what the image was made from" }];
  builder.add({
    type: "file",
    path: "/etc/os-release",
    mode: 0o644,
    content: { is: "bytes", bytes },
    layer: "userland",
    why: [releaseWhy],
  });
}
