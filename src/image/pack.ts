import { pack as cpioPack } from "cpio-stream";
import type { Content, Entry } from "./manifest.ts";
import type { Layer } from "./layers.ts";

/** The bytes of a file that goes into an image. Throws when they cannot be read. */
export type ReadContent = (content: Content) => Uint8Array;

/**
 * A layer as a cpio archive in the "newc" format, piece by piece, one file in memory at a time. Its length is a
 * multiple of 4, as the kernel wants of what follows (Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 * The same layer gives the same bytes: inode numbers count from 1, every time is 0 and every file has one link.
 * Throws when a file no longer has the size that the manifest says.
 */
export async function* pack(layer: Layer, read: ReadContent): AsyncGenerator<Uint8Array, void, undefined> {
  const archive = cpioPack({ format: "newc" });
  // Flowing mode hands every piece over as it is; reading from the stream would copy them together.
  let pieces: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    archive.on("data", (piece: Uint8Array) => pieces.push(piece));
    archive.once("end", resolve);
    archive.once("error", reject);
  });

  let ino = 0;
  let length = 0;
  for (const entry of layer.entries) {
    ino++;
    archive.entry(headerOf(entry, ino), bodyOf(entry, read));
    const ready = pieces;
    pieces = [];
    for (const piece of ready) {
      length += piece.length;
      yield piece;
    }
  }
  archive.finalize();
  await ended;
  for (const piece of pieces) {
    length += piece.length;
    yield piece;
  }
  if (length % 4 !== 0) yield new Uint8Array(4 - (length % 4));
}

/**
 * cpio-stream completes the header it is given, so each is new. It counts a name in UTF-16 units where the format
 * wants bytes: NULs make up for the rest. A minor device number of 0 would be replaced. It takes a time that is not a
 * `Date` for missing, and would then ask the clock.
 */
function headerOf(entry: Entry, ino: number) {
  const name = entry.path.slice(1);
  const missing = Buffer.byteLength(name) - name.length;
  return {
    name: name + "\0".repeat(missing + 1),
    mode: typeBits[entry.type] | (entry.type === "symlink" ? 0o777 : entry.mode),
    uid: entry.uid,
    gid: entry.gid,
    mtime: new Date(0),
    ino,
    nlink: 1,
    devmajor: 0,
    devminor: 1,
    ...(entry.type === "character" ? { rdevmajor: entry.device.major, rdevminor: entry.device.minor } : {}),
  };
}

/** The file types of inode(7). */
const typeBits = { file: 0o100000, directory: 0o040000, symlink: 0o120000, character: 0o020000 } as const;

/** cpio-stream takes a `Buffer` for the content, and any other array for the promise of one. */
function bodyOf(entry: Entry, read: ReadContent): Buffer {
  if (entry.type === "symlink") return Buffer.from(entry.target);
  if (entry.type !== "file") return Buffer.alloc(0);
  const bytes = read(entry.content);
  const expected = entry.content.is === "bytes" ? entry.content.bytes.length : entry.content.size;
  if (bytes.length !== expected) {
    throw new Error(`${entry.path} changed while it was packed: ${bytes.length} bytes instead of ${expected}`);
  }
  if (bytes.length >= 2 ** 32) throw new Error(`${entry.path} is too large for a cpio archive`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
