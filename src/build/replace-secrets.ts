import { readFile, stat } from "node:fs/promises";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import { writeAtomically } from "../host/atomic-file.ts";
import { errorCode, messageOf } from "../host/failure.ts";
import { readImage, type Image, type ImagePart } from "../host/read-image.ts";
import { reportReadable } from "../host/readable-by-others.ts";
import type { CpioEntry } from "../image/cpio-reader.ts";
import type { Entry } from "../image/manifest.ts";
import { pack } from "../image/pack.ts";
import { parseSecretsIndex, secretsIndexPath } from "../stage-one/secrets-index.ts";

/** A secret of an image, without what it is. */
export interface ListedSecret {
  readonly path: string;
  /** The name of its table in the declaration, as far as its path or what becomes of it tells. */
  readonly name?: string;
  /** Bytes; undefined for one that the boot makes. */
  readonly size?: number;
  /** Whether the real system gets it. */
  readonly kept: boolean;
}

/** What an image says of its secrets; nothing for an image of another tool. */
export function listSecrets({ tree }: Image): readonly ListedSecret[] {
  const index = tree.lstat(secretsIndexPath);
  if (index?.type !== "file") return [];
  const text = new TextDecoder().decode(tree.readAt(secretsIndexPath, 0, index.size));
  return parseSecretsIndex(text).map(({ path, keepAs }) => {
    const found = tree.lstat(path);
    const name = keepAs ?? /^\/etc\/(?:unitrd\/secrets|credstore\.encrypted)\/([^/]+)$/.exec(path)?.[1];
    return {
      path,
      ...(name === undefined ? {} : { name }),
      ...(found?.type === "file" ? { size: found.size } : {}),
      kept: keepAs !== undefined,
    };
  });
}

/** What takes the place of a secret: the name of its table or its path, and a file. */
export interface Replacement {
  readonly secret: string;
  readonly file: string;
}

/**
 * Puts other secrets into an image that is built already, in one step; nothing but the last layer changes. Reports what
 * cannot be done (U911 to U913), and leaves the image as it is then.
 */
export async function replaceSecrets(
  path: string,
  replacements: readonly Replacement[],
  report: Report,
): Promise<boolean> {
  const image = await readImage(path, report);
  if (image === undefined) return false;
  const part = secretsPart(image);
  if (part === undefined) {
    report(unfit(path));
    return false;
  }
  const news = await newContents(listSecrets(image), replacements, report);
  if (news === undefined) return false;
  const entries = part.archives.flatMap((archive) => archive.entries.flatMap((entry) => entryOf(entry, news)));
  const before = (await readFile(path)).subarray(0, part.offset);
  const layer = pack({ name: "secrets", entries }, contentOf);
  if (!(await writeAtomically(path, 0o600, joined(before, layer), report))) return false;
  reportReadable(path, report);
  return true;
}

/** The last part of an image, when it holds nothing but directories and files, and a secret that the list names. */
function secretsPart(image: Image): ImagePart | undefined {
  const paths = new Set(listSecrets(image).map(({ path }) => path));
  const last = image.parts.at(-1);
  const entries = last?.archives.flatMap((archive) => archive.entries) ?? [];
  const plain = entries.every(({ mode }) => [0o040000, 0o100000].includes(mode & 0o170000));
  return plain && entries.some(({ name }) => paths.has(`/${name}`)) ? last : undefined;
}

async function newContents(
  listed: readonly ListedSecret[],
  replacements: readonly Replacement[],
  report: Report,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const contents = new Map<string, Uint8Array>();
  const refused: Diagnostic[] = [];
  const refuse: Report = (diagnostic) => {
    refused.push(diagnostic);
    report(diagnostic);
  };
  for (const { secret, file } of replacements) {
    // A decrypted secret has a name and a path too, but only the encrypted one is in the image.
    const found = listed.find(({ path, name, size }) => size !== undefined && (path === secret || name === secret));
    if (found === undefined) refuse(unknown(secret, listed));
    const bytes = await contentOfFile(file, refuse);
    if (found !== undefined && bytes !== undefined) contents.set(found.path, bytes);
  }
  return refused.length === 0 ? contents : undefined;
}

async function contentOfFile(file: string, refuse: Report): Promise<Uint8Array | undefined> {
  const unreadable = (because: string): Diagnostic => {
    return { code: "U913", severity: "error", message: `${file} cannot be read: ${because}`, at: [] };
  };
  try {
    if ((await stat(file)).isFile()) return await readFile(file);
    refuse(unreadable("it is no regular file"));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    refuse(unreadable(messageOf(error)));
  }
  return undefined;
}

function entryOf(entry: CpioEntry, news: ReadonlyMap<string, Uint8Array>): Entry[] {
  const path = `/${entry.name}`;
  if (entry.name === "." || entry.name === "") return [];
  const { uid, gid } = entry;
  const mode = entry.mode & 0o7777;
  const common = { path, layer: "secrets", mode, uid, gid, why: [] } as const;
  if ((entry.mode & 0o170000) === 0o040000) return [{ ...common, type: "directory" }];
  return [{ ...common, type: "file", content: { is: "bytes", bytes: news.get(path) ?? entry.data } }];
}

function contentOf(content: Extract<Entry, { type: "file" }>["content"]): Uint8Array {
  if (content.is === "bytes") return content.bytes;
  throw new Error("a secret of an image is in the image");
}

async function* joined(before: Uint8Array, layer: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield before;
  yield* layer;
}

function unfit(path: string): Diagnostic {
  return {
    code: "U912",
    severity: "error",
    message: `${path} has no layer of secrets at its end`,
    hint: "build it again from its declaration",
    at: [],
  };
}

function unknown(secret: string, listed: readonly ListedSecret[]): Diagnostic {
  const names = listed.flatMap(({ path, name, size }) => (size === undefined ? [] : [name ?? path]));
  return {
    code: "U911",
    severity: "error",
    message: `the image has no secret ${secret}`,
    hint: names.length === 0 ? "it has none" : `it has ${names.join(", ")}`,
    at: [],
  };
}
