import type { FileType } from "../sysroot/tree.ts";
import { joinPath } from "./image-path.ts";
import type { ImageTree } from "./image-tree.ts";

/** What `ls -l` would say of one file of an image. */
export interface ListedFile {
  readonly path: string;
  readonly type: FileType;
  /** Permission bits with set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Names that the file has. */
  readonly links: number;
  /** Of a link. */
  readonly target?: string;
  /** Of a device node. */
  readonly device?: { readonly major: number; readonly minor: number };
}

/** All files at and below `under`, in byte order; the root itself is left out. */
export function listing(tree: ImageTree, under = "/"): readonly ListedFile[] {
  const paths = [...pathsBelow(tree, under)];
  const links = new Map<number | undefined, number>();
  for (const path of pathsBelow(tree, "/")) {
    const inode = tree.inodeOf(path);
    links.set(inode, (links.get(inode) ?? 0) + 1);
  }
  return paths.flatMap((path) => listed(tree, path, links.get(tree.inodeOf(path)) ?? 1));
}

/** The mode as `ls -l` writes it: `drwxr-xr-x`. */
export function modeString(file: Pick<ListedFile, "type" | "mode">): string {
  const { mode } = file;
  const triple = (shift: number, special: boolean, letter: string) => {
    const bit = (value: number) => ((mode >>> shift) & value) !== 0;
    const execute = special ? (bit(1) ? letter : letter.toUpperCase()) : bit(1) ? "x" : "-";
    return `${bit(4) ? "r" : "-"}${bit(2) ? "w" : "-"}${execute}`;
  };
  return [
    typeLetters[file.type],
    triple(6, (mode & 0o4000) !== 0, "s"),
    triple(3, (mode & 0o2000) !== 0, "s"),
    triple(0, (mode & 0o1000) !== 0, "t"),
  ].join("");
}

/** One thing to do while extracting, all below the directory that is extracted to. */
export type ExtractStep =
  | (ExtractedBase & { readonly is: "directory" | "fifo" | "socket" })
  | (ExtractedBase & { readonly is: "file"; readonly size: number })
  | (ExtractedBase & { readonly is: "hard-link"; readonly to: string })
  | (ExtractedBase & { readonly is: "symlink"; readonly target: string })
  | (ExtractedBase & {
      readonly is: "device";
      readonly kind: "c" | "b";
      readonly major: number;
      readonly minor: number;
    });

interface ExtractedBase {
  /** A canonical path of the image: no `..` and no link on the way. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * How to make the files at and below `under`: directories first, links last, so that nothing can be written through
 * a link. The directories that `under` lies in come along.
 */
export function extractPlan(tree: ImageTree, under = "/"): readonly ExtractStep[] {
  const firstNames = new Map<number | undefined, string>();
  const files = [...ancestors(tree, under), ...listing(tree, under)];
  const steps = files.map((file): ExtractStep => {
    const { path, mode, uid, gid } = file;
    const base = { path, mode, uid, gid };
    const inode = tree.inodeOf(path);
    const to = firstNames.get(inode);
    if (to !== undefined) return { ...base, is: "hard-link", to };
    if (file.links > 1) firstNames.set(inode, path);
    switch (file.type) {
      case "directory":
      case "fifo":
      case "socket":
        return { ...base, is: file.type };
      case "file":
        return { ...base, is: "file", size: file.size };
      case "symlink":
        return { ...base, is: "symlink", target: file.target ?? "" };
      case "character":
      case "block":
        return { ...base, is: "device", kind: file.type === "block" ? "b" : "c", ...(file.device ?? noDevice) };
    }
  });
  return [0, 1, 2].flatMap((rank) => steps.filter((step) => rankOf(step) === rank));
}

function rankOf(step: ExtractStep): number {
  if (step.is === "directory") return 0;
  return step.is === "symlink" ? 2 : 1;
}

const noDevice = { major: 0, minor: 0 };

const typeLetters = {
  file: "-",
  directory: "d",
  symlink: "l",
  character: "c",
  block: "b",
  fifo: "p",
  socket: "s",
} as const satisfies Record<FileType, string>;

function* pathsBelow(tree: ImageTree, path: string): Generator<string, void, undefined> {
  if (path !== "/") yield path;
  for (const name of tree.list(path)) yield* pathsBelow(tree, joinPath(path, name));
}

function ancestors(tree: ImageTree, path: string): readonly ListedFile[] {
  const names = path.split("/").slice(1, -1);
  return names.flatMap((_, index) => listed(tree, `/${names.slice(0, index + 1).join("/")}`, 1));
}

function listed(tree: ImageTree, path: string, links: number): readonly ListedFile[] {
  const stat = tree.lstat(path);
  const owner = tree.ownerOf(path);
  if (stat === undefined || owner === undefined) return [];
  const { type, mode, size, device } = stat;
  const file = { path, type, mode, ...owner, size, links };
  if (type === "symlink") return [{ ...file, target: tree.readlink(path) }];
  return [device === undefined ? file : { ...file, device }];
}
