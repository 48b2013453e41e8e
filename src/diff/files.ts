import { joinPath } from "../image/image-path.ts";
import { pathOrder } from "../image/path-order.ts";
import type { FileType, Tree } from "../sysroot/tree.ts";
import { fileClass, isSecret, type FileClass } from "./file-class.ts";
import { patch, type Hunk } from "./patch.ts";

/** A tree that may know who owns its files: a directory of the sysroot does not, an image does. */
export type ComparedTree = Tree & {
  ownerOf?(path: string): { readonly uid: number; readonly gid: number } | undefined;
};

/** A file on one side. */
export interface FileFacts {
  readonly path: string;
  readonly type: FileType;
  readonly mode: number;
  readonly size: number;
  readonly owner?: string;
  readonly target?: string;
  readonly device?: string;
}

/** A file that is not the same on both sides. */
export interface FileChange {
  readonly is: "added" | "removed" | "changed";
  /** Where it is; on the right side, when it is on both. */
  readonly path: string;
  readonly class: FileClass;
  readonly before?: FileFacts;
  readonly after?: FileFacts;
  /**
   * What changed: `content`, `mode`, `owner`, `type`, `target`, `device`; `origin` when all that is new of the content
   * is the line of the declaration that it names.
   */
  readonly what: readonly string[];
  /** Only where both sides are short texts that everybody may read. */
  readonly hunks?: readonly Hunk[];
}

export interface FileDifference {
  readonly changes: readonly FileChange[];
  readonly tallies: readonly Tally[];
  /** Releases of the kernels that the modules are for; their modules are compared even when the releases differ. */
  readonly kernels: { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** How many files of a class there are, and their bytes before compression. */
export interface Tally {
  readonly class: FileClass;
  readonly before: Amount;
  readonly after: Amount;
  readonly added: Amount;
  readonly removed: Amount;
  readonly changed: number;
}

export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** Compares two trees file by file. A secret is only said to differ; what it holds leaves no trace. */
export function compareFiles(before: ComparedTree, after: ComparedTree): FileDifference {
  const kernels = { before: kernelsOf(before), after: kernelsOf(after) };
  const left = filesOf(before, kernels.before);
  const right = filesOf(after, kernels.after);
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort(pathOrder);
  const changes = keys.flatMap((key): FileChange[] => {
    const change = changeOf(before, left.get(key), after, right.get(key));
    return change === undefined ? [] : [change];
  });
  return { changes, tallies: tallies([...left.values()], [...right.values()], changes), kernels };
}

function kernelsOf(tree: Tree): readonly string[] {
  return [...new Set(["/usr/lib/modules", "/lib/modules"].flatMap((path) => tree.list(path)))];
}

/** Files by what identifies them: the path, but without the release of a kernel where there is only one. */
function filesOf(tree: ComparedTree, kernels: readonly string[]): ReadonlyMap<string, FileFacts> {
  const release = kernels.length === 1 ? kernels[0] : undefined;
  const files = new Map<string, FileFacts>();
  const walk = (directory: string): void => {
    for (const name of tree.list(directory)) {
      const path = joinPath(directory, name);
      const facts = factsOf(tree, path);
      if (facts === undefined) continue;
      files.set(release === undefined ? path : path.replace(`/lib/modules/${release}`, "/lib/modules/*"), facts);
      if (facts.type === "directory") walk(path);
    }
  };
  walk("/");
  return files;
}

function factsOf(tree: ComparedTree, path: string): FileFacts | undefined {
  const stat = tree.lstat(path);
  if (stat === undefined) return undefined;
  const owner = tree.ownerOf?.(path);
  return {
    path,
    type: stat.type,
    mode: stat.mode,
    size: stat.type === "file" ? stat.size : 0,
    ...(owner === undefined ? {} : { owner: `${owner.uid}:${owner.gid}` }),
    ...(stat.type === "symlink" ? { target: tree.readlink(path) } : {}),
    ...(stat.device === undefined ? {} : { device: `${stat.device.major}:${stat.device.minor}` }),
  };
}

function changeOf(
  leftTree: Tree,
  before: FileFacts | undefined,
  rightTree: Tree,
  after: FileFacts | undefined,
): FileChange | undefined {
  if (before === undefined) {
    if (after === undefined) return undefined;
    return { is: "added", path: after.path, class: fileClass(after), after, what: [] };
  }
  if (after === undefined) return { is: "removed", path: before.path, class: fileClass(before), before, what: [] };
  const bytes = bothBytes(leftTree, before, rightTree, after);
  const what = [
    ...(["type", "mode", "owner", "target", "device"] as const).filter((key) => {
      // The permissions of a link mean nothing.
      return before[key] !== after[key] && !(key === "mode" && after.type === "symlink");
    }),
    ...(bytes === undefined ? [] : ["content"]),
  ];
  if (what.length === 0) return undefined;
  const hidden = isSecret(before) || isSecret(after);
  const hunks = hidden || bytes === undefined ? undefined : textPatch(bytes.before, bytes.after);
  const kind = hidden ? "secrets" : fileClass(after);
  const change = { is: "changed", path: after.path, class: kind, before, after } as const;
  if (hunks === undefined) return { ...change, what };
  if (hunks.length > 0) return { ...change, what, hunks };
  return { ...change, what: what.map((one) => (one === "content" ? "origin" : one)) };
}

/** The bytes of two regular files that differ. */
function bothBytes(
  leftTree: Tree,
  before: FileFacts,
  rightTree: Tree,
  after: FileFacts,
): { readonly before: Uint8Array; readonly after: Uint8Array } | undefined {
  if (before.type !== "file" || after.type !== "file") return undefined;
  const left = leftTree.readAt(before.path, 0, before.size);
  const right = rightTree.readAt(after.path, 0, after.size);
  return Buffer.compare(left, right) === 0 ? undefined : { before: left, after: right };
}

/** Bytes of a text that is still shown line by line. */
const longestText = 64 * 1024;

function textPatch(before: Uint8Array, after: Uint8Array): readonly Hunk[] | undefined {
  const left = textOf(before);
  const right = textOf(after);
  return left === undefined || right === undefined ? undefined : patch(left, right, withoutOrigins);
}

/** As `shortOrigin` writes them, and as `/etc/unitrd` and messages quote them. */
function withoutOrigins(line: string): string {
  return line.replaceAll(/[^\s"'/(]+\.toml:\d+/g, "machine.toml:1");
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > longestText || bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function tallies(
  before: readonly FileFacts[],
  after: readonly FileFacts[],
  changes: readonly FileChange[],
): readonly Tally[] {
  const tally = new Map<FileClass, Tally>();
  const nothing = { files: 0, bytes: 0 };
  const update = (kind: FileClass, change: (known: Tally) => Partial<Tally>): void => {
    const empty = { class: kind, before: nothing, after: nothing, added: nothing, removed: nothing, changed: 0 };
    const known = tally.get(kind) ?? empty;
    tally.set(kind, { ...known, ...change(known) });
  };
  const plus = (amount: Amount, { size }: FileFacts) => ({ files: amount.files + 1, bytes: amount.bytes + size });
  for (const file of before) update(fileClass(file), (known) => ({ before: plus(known.before, file) }));
  for (const file of after) update(fileClass(file), (known) => ({ after: plus(known.after, file) }));
  for (const change of changes) {
    const { is, before: left, after: right } = change;
    if (is === "added" && right !== undefined) update(change.class, ({ added }) => ({ added: plus(added, right) }));
    if (is === "removed" && left !== undefined)
      update(change.class, ({ removed }) => ({ removed: plus(removed, left) }));
    if (is === "changed") update(change.class, ({ changed }) => ({ changed: changed + 1 }));
  }
  return [...tally.values()];
}
