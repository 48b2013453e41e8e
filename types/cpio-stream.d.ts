declare module "cpio-stream" {
  import type { Readable, Writable } from "node:stream";
  export interface PackHeader {
    readonly name: string;
    readonly type?: "file" | "directory" | "symlink" | "character-device" | "block-device" | "fifo" | "socket";
    readonly mode?: number;
    readonly uid?: number;
    readonly gid?: number;
    readonly mtime?: Date;
    readonly size?: number;
    readonly linkname?: string;
    readonly ino?: number;
    readonly dev?: readonly [number, number];
    readonly devmajor?: number;
    readonly devminor?: number;
    readonly rdev?: readonly [number, number];
    readonly nlink?: number;
  }
  export interface Pack extends Readable {
    entry(header: PackHeader, data: string | Uint8Array, callback?: (error?: Error | null) => void): unknown;
    entry(header: PackHeader, callback?: (error?: Error | null) => void): Writable;
    finalize(): void;
  }
  export function pack(options?: { readonly format?: "newc" | "odc" }): Pack;
}
