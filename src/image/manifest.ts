import type { Why } from "../diagnostics/reason.ts";

/**
 * The layers of an image, in the order in which the kernel unpacks them. Cut by how often they change, so that an
 * edit of the declaration packs only `config` again.
 */
export const layerNames = ["early", "kernel", "userland", "config", "secrets"] as const;
export type LayerName = (typeof layerNames)[number];

export type { Reason, Why } from "../diagnostics/reason.ts";

export type Content =
  | { readonly is: "bytes"; readonly bytes: Uint8Array }
  /** A regular file of the sysroot, read when it is packed. */
  | { readonly is: "sysroot"; readonly path: string; readonly size: number };

interface EntryBase {
  /** Absolute path inside the image, no `.`, `..`, or doubled slash, no final slash; never below a link. */
  readonly path: string;
  readonly layer: LayerName;
  readonly uid: number;
  readonly gid: number;
  readonly why: readonly Why[];
}

/** One file of the image. */
export type Entry =
  | (EntryBase & { readonly type: "file"; readonly mode: number; readonly content: Content })
  | (EntryBase & { readonly type: "directory"; readonly mode: number })
  | (EntryBase & { readonly type: "symlink"; readonly target: string })
  | (EntryBase & {
      readonly type: "character";
      readonly mode: number;
      readonly device: { readonly major: number; readonly minor: number };
    });

/** Everything that goes into an image, sorted by path in byte order, each path once. */
export interface Manifest {
  readonly entries: readonly Entry[];
}
