import type { DeclaredFilesystem } from "./declared.ts";
import { mountOptions } from "./options.ts";
import { memoryCopy } from "./memory-copy.ts";
import { overlayOptions } from "./overlay.ts";
import { placeInInitrd } from "./place.ts";
import { shareOptions } from "./share.ts";

/** What mount(8) is told of a file system that lies on no device that has to be found. */
export interface PlainMount {
  readonly what: string;
  readonly type: string;
  readonly options: readonly string[];
}

export function plainMount(path: string, declared: DeclaredFilesystem): PlainMount | undefined {
  const options = mountOptions(declared, path);
  if (declared["copy-to-ram"]) return { what: memoryCopy(path), type: declared.type, options: [...options, "loop"] };
  if (declared.image !== undefined) {
    return { what: placeInInitrd(declared.image), type: declared.type, options: [...options, "loop"] };
  }
  switch (declared.type) {
    case "overlay":
      return { what: "overlay", type: "overlay", options: [...overlayOptions(path, declared), ...options] };
    case "bind":
      return { what: placeInInitrd(declared.source ?? path), type: "none", options: [...options, "bind"] };
    case "9p":
    case "virtiofs":
      return { what: declared.tag ?? "", type: declared.type, options: shareOptions(declared, options) };
    case "nfs":
      return { what: declared.remote ?? "", type: "nfs", options };
    case "tmpfs":
      return { what: "tmpfs", type: "tmpfs", options };
    default:
      return undefined;
  }
}
