import type { Content } from "../scenario/disks/layout.ts";
import type { Spot } from "./spot.ts";
import type { Sources } from "./staged.ts";

/** What the makers of contents share while one disk is made. */
export interface Workshop extends Sources {
  /** A private directory; the makers take names in it from `scratch`. */
  scratch(name: string): string;
  /** The path of a file that is kept beside the disk: a key, a detached header. */
  beside(name: string): string;
  /** The path of an image that a declaration names: `userland:trixie`, or a path. */
  image(name: string): Promise<string>;
  /** A UUID for what was declared without one: the same for the same place on the same disk. */
  uuid(place: string): string;
  /** The file of a member of what spans several disks, made for this place; whoever asks may move it. */
  member(of: string, place: string): Promise<string>;
  /** Makes a content in the builder guest; see builder.ts. */
  readonly builder: Builder;
}

/** Makes what takes a kernel and more than this machine's tools. */
export interface Builder {
  /** What it is made of; a disk is made anew when it changes. */
  version(): Promise<string>;
  /** Runs a script as root in a guest that has the file as a disk. */
  build(order: BuildOrder): Promise<void>;
}

export interface BuildOrder {
  readonly file: string;
  /** Further disks of the guest: `$DISK1`, `$DISK2`, … */
  readonly others?: readonly string[];
  /** Kernel modules beside those that every guest loads. */
  readonly modules?: readonly string[];
  /** Commands for a POSIX shell in the guest; `$DISK` is the block device of `file`, the current directory the root. */
  readonly script: string;
  /** A directory whose files are found below /run/order in the guest. */
  readonly files: string;
}

/** Makes a content with all that is in it; given to containers, which do not know what they may hold. */
export type MakeContent = (content: Content, spot: Spot, shop: Workshop) => Promise<void>;
