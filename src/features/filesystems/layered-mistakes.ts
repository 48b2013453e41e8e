import type { DeclaredFilesystem } from "./declared.ts";
import { kindOf, type Kind } from "./kinds.ts";
import { isBelowRun, mountHolding } from "./place.ts";
import { pathsBelow } from "./sources.ts";
import { writableOf } from "./overlay.ts";

export type Row = readonly [isMistake: boolean, key: string, message: string, hint: string];

type Filesystems = Readonly<Record<string, DeclaredFilesystem>>;

/** What does not go together in images, overlays, and roots that are not kept. */
export function layeredMistakes(path: string, declared: DeclaredFilesystem, all: Filesystems): readonly Row[] {
  const kind = kindOf(declared.type);
  return [
    ...imageRows(path, declared, kind),
    ...overlayRows(path, declared, all),
    ...volatileRows(path, declared, all),
    ...rootRows(path, declared, all),
  ];
}

function imageRows(path: string, declared: DeclaredFilesystem, kind: Kind): readonly Row[] {
  const { type, image, device } = declared;
  const toRam = declared["copy-to-ram"];
  return [
    [
      image !== undefined && device !== undefined,
      "image",
      "`image` and `device` exclude each other",
      "take the one out that does not hold it",
    ],
    [image !== undefined && kind.on !== "device", "image", `${type} is not held by a file`, "take `image` out"],
    [
      image === path,
      "image",
      "an image cannot lie where it is mounted",
      "mount what holds it elsewhere, such as below /run/initramfs",
    ],
    [image !== undefined && declared.fsck === true, "fsck", "what lies in a file is not checked", "take `fsck` out"],
    [
      image !== undefined && !toRam && declared["device-timeout"] !== undefined,
      "device-timeout",
      "an image waits for no device",
      "declare it for what the image lies on",
    ],
    [
      toRam && image === undefined && device === undefined,
      "copy-to-ram",
      "there is no image and no device to copy to memory",
      "take `copy-to-ram` out",
    ],
    [
      toRam && (kind.checker !== undefined || type === "btrfs"),
      "copy-to-ram",
      `a copy of ${type} in memory would lose what is written to it`,
      "use squashfs or erofs, and an overlay to write to",
    ],
  ];
}

function overlayRows(path: string, declared: DeclaredFilesystem, all: Filesystems): readonly Row[] {
  const { type, lower = [], upper, work } = declared;
  const isOverlay = type === "overlay";
  const writable = writableOf(path, declared);
  const others = Object.keys(all).filter((other) => other !== path);
  const upperOn = upper === undefined ? undefined : mountHolding(upper, others);
  const workOn = upper === undefined ? undefined : mountHolding(work ?? upper, others);
  const on = upperOn === undefined ? undefined : all[upperOn];
  const keys = (["lower", "upper", "work"] as const).filter((key) => declared[key] !== undefined);
  return [
    ...keys.map((key): Row => [!isOverlay, key, `only overlay has \`${key}\``, `take \`${key}\` out`]),
    [
      !isOverlay && declared["make-directories"],
      "make-directories",
      "only overlay has `make-directories`",
      "take `make-directories` out",
    ],
    [isOverlay && lower.length === 0, "type", "an overlay needs `lower`", 'name the directory below: lower = ["/…"]'],
    [
      isOverlay && upper === undefined && work !== undefined,
      "work",
      "`work` belongs to an `upper`",
      "declare `upper`, or take `work` out",
    ],
    [
      isOverlay && upper === undefined && declared["make-directories"],
      "make-directories",
      "without `upper` nothing has to be made",
      "take `make-directories` out",
    ],
    [
      isOverlay && writable === undefined && lower.length === 1,
      "options",
      "an overlay of one directory that is only read is that directory",
      'use type = "bind", or several directories in `lower`',
    ],
    [
      isOverlay && upper !== undefined && declared.options.includes("ro"),
      "options",
      "an overlay with `upper` is written to",
      "take `ro` out, or `upper`",
    ],
    [upperOn !== workOn, "work", "`upper` and `work` lie on one file system", "name a directory beside `upper`"],
    [
      on !== undefined && (kindOf(on.type).readOnly === true || on.options.includes("ro")),
      "upper",
      `what is mounted at ${upperOn ?? "/"} cannot be written`,
      "name a directory on a file system that can",
    ],
    [
      path === "/" && pathsBelow(declared).some((one) => !isBelowRun(one)),
      declared.source === undefined ? (declared.image === undefined ? "lower" : "image") : "source",
      "what the root is made of cannot lie in the root",
      'mount it below /run: [filesystems."/run/initramfs/base"]',
    ],
  ];
}

function volatileRows(path: string, declared: DeclaredFilesystem, all: Filesystems): readonly Row[] {
  const { volatile } = declared;
  return [
    [
      volatile !== undefined && path !== "/",
      "volatile",
      "only the root is volatile as a whole",
      'use type = "overlay"',
    ],
    [
      volatile === "state" && all["/var"] !== undefined,
      "volatile",
      "/var is declared, and would be mounted twice",
      "take one of them out",
    ],
    [
      volatile !== undefined && declared.type === "tmpfs",
      "volatile",
      "a tmpfs is volatile as it is",
      "take `volatile` out",
    ],
  ];
}

function rootRows(path: string, declared: DeclaredFilesystem, all: Filesystems): readonly Row[] {
  const others = Object.keys(all).filter((other) => other !== "/" && !isBelowRun(other));
  return [
    [
      /^\/(run|proc|sys|dev)$/.test(path) || /^\/(proc|sys|dev)\//.test(path),
      "type",
      `${path} is handed over by the initrd as it is`,
      "mount it elsewhere; below /run is fine",
    ],
    [
      path === "/" && declared.type === "tmpfs" && others.length === 0,
      "type",
      "an empty tmpfs has no system to hand over to",
      'declare what holds the system, such as [filesystems."/usr"]',
    ],
  ];
}
