import { lstat, mkdir, readdir, readlink, symlink, writeFile, copyFile, chmod } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DeclaredFile, Payload } from "../scenario/disks/payload.ts";
import { type Reporting, stageTwoFiles, stageTwoUsrFiles } from "./stage-two.ts";
import type { Staged, StagedContent } from "./staged-file.ts";
import { CannotMake } from "./tool.ts";

/** Where a payload's files come from. */
export interface Sources {
  /** What the reporting root is made of. */
  reporting(): Promise<Reporting>;
  /** The path on this machine of what a declaration names. */
  path(name: string): string;
}

/** The files of a payload, in byte order of their paths, without the root directory itself. */
export async function staged(payload: Payload, sources: Sources): Promise<readonly Staged[]> {
  const files = new Map<string, Staged>();
  const put = (file: Staged): void => {
    for (const parent of parents(file.path)) {
      if (!files.has(parent)) files.set(parent, { path: parent, uid: 0, gid: 0, type: "directory", mode: 0o755 });
    }
    files.set(file.path, file);
  };
  if (payload.fill === "stage-two") stageTwoFiles(await sources.reporting()).forEach(put);
  if (payload.fill === "stage-two-usr") stageTwoUsrFiles(await sources.reporting()).forEach(put);
  if (payload.tree !== undefined) (await treeOf(payload.tree, sources)).forEach(put);
  for (const [path, declared] of Object.entries(payload.files ?? {})) put(declaredAs(path, declared));
  return [...files.values()].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function parents(path: string): readonly string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function declaredAs(path: string, declared: DeclaredFile): Staged {
  if (typeof declared === "string")
    return { path, uid: 0, gid: 0, type: "file", mode: 0o644, content: { text: declared } };
  if ("link" in declared) return { path, uid: 0, gid: 0, type: "symlink", target: declared.link };
  const owners = { uid: declared.uid ?? 0, gid: declared.gid ?? 0 };
  const mode = declared.mode === undefined ? undefined : Number.parseInt(declared.mode, 8);
  if ("directory" in declared) return { path, ...owners, type: "directory", mode: mode ?? 0o755 };
  return { path, ...owners, type: "file", mode: mode ?? 0o644, content: { text: declared.text } };
}

async function treeOf(name: string, sources: Sources): Promise<readonly Staged[]> {
  const top = sources.path(name);
  const found = await lstat(top).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new CannotMake("U661", `there is no directory ${name}`);
  return treeFiles(top);
}

/** The files below a directory of this machine, owned by root; what is neither file, directory nor link is left out. */
async function treeFiles(top: string, below = ""): Promise<readonly Staged[]> {
  const found: Staged[] = [];
  for (const name of (await readdir(join(top, below))).sort()) {
    const path = `${below}/${name}`;
    const source = join(top, path);
    const stat = await lstat(source);
    const base = { path, uid: 0, gid: 0 };
    if (stat.isDirectory()) {
      found.push({ ...base, type: "directory", mode: stat.mode & 0o7777 }, ...(await treeFiles(top, path)));
    } else if (stat.isFile()) {
      found.push({ ...base, type: "file", mode: stat.mode & 0o7777, content: { copyOf: source } });
    } else if (stat.isSymbolicLink()) {
      found.push({ ...base, type: "symlink", target: await readlink(source) });
    }
  }
  return found;
}

/**
 * Writes the files below an existing directory, readable and writable for us whatever their modes: the tool that makes
 * the file system sets modes and owners, which an ordinary user cannot.
 */
export async function writeStaged(files: readonly Staged[], top: string): Promise<void> {
  for (const file of files) {
    const path = join(top, file.path);
    if (file.type === "directory") await mkdir(path, { recursive: true });
    else if (file.type === "symlink") await symlink(file.target, path);
    else await writeContent(file.content, path, file.mode | 0o600);
  }
}

export async function writeContent(content: StagedContent, path: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if ("text" in content) await writeFile(path, content.text, { mode });
  else await copyFile(content.copyOf, path);
  await chmod(path, mode & 0o777);
}
