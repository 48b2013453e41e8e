/** What lstat(2) says of a file, as far as an initrd cares. */
export interface Stat {
  readonly type: FileType;
  /** Permission bits with set-user-id, set-group-id and sticky: `mode & 0o7777`. */
  readonly mode: number;
  /** Bytes; for a link the length of its target. */
  readonly size: number;
  /** Device numbers of a character or block device. */
  readonly device?: { readonly major: number; readonly minor: number };
}

export type FileType = "file" | "directory" | "symlink" | "character" | "block" | "fifo" | "socket";

/**
 * A file tree that is read, never written and never run: a directory, a parsed image, or a fake in memory.
 *
 * Paths are absolute within the tree, without `.`, `..`, or doubled slashes, and are taken literally: no
 * implementation follows a link, not even in the middle of a path (it answers `undefined` there). Following
 * links inside the tree is the work of `resolve`.
 */
export interface Tree {
  /** For messages: the directory or image this tree was made from. */
  readonly name: string;
  /** `undefined` where nothing is. Throws only when the medium fails. */
  lstat(path: string): Stat | undefined;
  /** The target as written. Throws when the path is not a link. */
  readlink(path: string): string;
  /** Names in a directory, in byte order; empty when there is no such directory. */
  list(path: string): readonly string[];
  /** At most `length` bytes from `offset`; fewer only at the end of the file. Throws when it is not a regular file. */
  readAt(path: string, offset: number, length: number): Uint8Array;
}
