/** A block device as fstab(5) and crypttab(5) name it. */
export interface DeviceSpec {
  /** As written: `UUID=0F3C…`. */
  readonly spec: string;
  readonly kind: DeviceSpecKind;
  /** What follows the `=`; for a path the path. */
  readonly value: string;
  /** The path under which udev makes it appear; for a path the path itself. */
  readonly path: `/dev/${string}`;
}

export type DeviceSpecKind = "uuid" | "label" | "partuuid" | "partlabel" | "path";

/** Tags of fstab(5) that udev makes links for, with the directory of the links. */
const tags = [
  { tag: "UUID", kind: "uuid", directory: "by-uuid" },
  { tag: "LABEL", kind: "label", directory: "by-label" },
  { tag: "PARTUUID", kind: "partuuid", directory: "by-partuuid" },
  { tag: "PARTLABEL", kind: "partlabel", directory: "by-partlabel" },
] as const;

/** A device, or what is wrong with the text, as the end of the sentence "a device …". */
export type DeviceSpecResult =
  { readonly ok: true; readonly device: DeviceSpec } | { readonly ok: false; readonly complaint: string };

export function parseDeviceSpec(spec: string): DeviceSpecResult {
  if (/\p{Cc}/u.test(spec)) return refuse("may not contain control characters");
  if (spec.startsWith("/")) return parsePath(spec);
  const equals = spec.indexOf("=");
  const name = equals === -1 ? "" : spec.slice(0, equals);
  const tag = tags.find((candidate) => candidate.tag === name);
  if (tag === undefined) return refuse(whatItIs(name));
  const value = spec.slice(equals + 1);
  if (value === "") return refuse(`has nothing after \`${tag.tag}=\``);
  if (value === "." || value === "..") return refuse(`cannot be named \`${value}\``);
  if (/^["']|["']$/.test(value)) return refuse(`takes no quotes after \`${tag.tag}=\``);
  const path = `/dev/disk/${tag.directory}/${encodeDeviceName(asProbed(tag.kind, value))}` as const;
  return { ok: true, device: { spec, kind: tag.kind, value, path } };
}

function refuse(complaint: string): DeviceSpecResult {
  return { ok: false, complaint };
}

function whatItIs(name: string): string {
  const list = "is UUID=…, LABEL=…, PARTUUID=…, PARTLABEL=… or a path below /dev";
  const meant = tags.find((candidate) => candidate.tag === name.trim().toUpperCase());
  return meant === undefined ? list : `${list}; write \`${meant.tag}=\` in capitals and without spaces`;
}

function parsePath(path: string): DeviceSpecResult {
  const parts = path.split("/").slice(1);
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    return refuse("has a path without doubled slashes, `.`, `..` or a slash at the end");
  }
  if (!isBelowDev(path)) return refuse("has a path below /dev");
  if (/[\s\\]$/u.test(path)) return refuse("may not end with white space or a backslash");
  return { ok: true, device: { spec: path, kind: "path", value: path, path } };
}

function isBelowDev(path: string): path is `/dev/${string}` {
  return path.startsWith("/dev/");
}

/**
 * Identifiers as libblkid prints them, and so as the links are spelt: UUIDs in lower case, the serial numbers of FAT
 * (8 digits) and NTFS (16) in upper case. Person-made labels are left alone.
 */
function asProbed(kind: DeviceSpecKind, value: string): string {
  if (kind === "uuid" && /^([0-9a-f]{4}-[0-9a-f]{4}|[0-9a-f]{16})$/i.test(value)) return value.toUpperCase();
  if (kind === "uuid" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value.toLowerCase();
  if (kind === "partuuid") return value.toLowerCase();
  return value;
}

/**
 * udev's encoding of a name in /dev/disk/by-*: what is neither in its list nor beyond ASCII becomes `\xNN`
 * (udev's encode_devnode_name, which systemd-fstab-generator uses as well).
 */
export function encodeDeviceName(name: string): string {
  return name.replace(/[^0-9A-Za-z#+\-.:=@_\u0080-\u{10ffff}]/gu, (character) => {
    return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`;
  });
}
