import * as z from "zod";
import { parseDeviceSpec, type DeviceSpec } from "./device-spec.ts";
import { parseDuration } from "./duration.ts";
import { parseSize } from "./size.ts";

declare module "zod" {
  interface GlobalMeta {
    /** What kind of value it is, where its type does not say it: `device`. */
    title?: string | undefined;
    /** One or two sentences of Markdown. */
    description?: string | undefined;
    /** A value as it would stand in TOML: `"UUID=…"`, `["nvme"]`. */
    example?: unknown;
    /** A list whose order means nothing: lists of several files unite. */
    set?: boolean | undefined;
    /** Keys that people write when they mean this one: `device` lists `uuid`. */
    instead?: readonly string[] | undefined;
    /** What the key of a named table stands for, in capitals: `PATH`; `NAME` when absent. */
    keyName?: string | undefined;
  }
}

/** What `.meta()` of a schema may carry: merging, messages, the editor's schema and the reference are made from it. */
export type Metadata = z.GlobalMeta;

/** A table with exactly these keys; any other is an error. */
export function table<const Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape);
}

/** Tables that a person names: `[luks.NAME]`. */
export function namedTables<Key extends z.ZodType<string, string>, Value extends z.ZodType>(
  key: Key,
  value: Value,
): z.ZodRecord<Key, Value> {
  return z.record(key, value);
}

/** A list whose order means nothing; lists of several files unite. */
export function setOf<Item extends z.ZodType>(item: Item): z.ZodArray<Item> {
  return z.array(item).meta({ set: true });
}

/**
 * A string with a rule of its own. `complaint` says what is wrong as a sentence ("a name may not contain a slash"),
 * or nothing.
 */
export function text(complaint: (text: string) => string | undefined): z.ZodString {
  return z.string().superRefine((value, context) => {
    const message = complaint(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

/** The name of a mapping, array, link …: becomes part of a unit's name and of a file's. */
export const name = text(nameComplaint).meta({ title: "name" });

/** A path in the image or on the machine: absolute and normal. */
export const absolutePath = text((path) => {
  if (!path.startsWith("/")) return "a path here is absolute: it begins with `/`";
  return path === "/" ? undefined : partsComplaint(path.slice(1));
}).meta({ title: "absolute path" });

/**
 * A file that a declaration names: relative to the directory of its own file and below it, or absolute and then taken
 * from the sysroot.
 */
export const relativeOrSysrootPath = text((path) => {
  if (path === "") return "a path may not be empty";
  return partsComplaint(path.startsWith("/") ? path.slice(1) : path);
}).meta({ title: "path of a file" });

/** A kernel module by name, as modprobe(8) takes it. */
export const moduleName = text((module) => {
  const stem = /^(.*)\.ko(\.(gz|xz|zst))?$/.exec(module)?.[1];
  if (stem !== undefined) return `a module is named without the ending of its file: ${JSON.stringify(stem)}`;
  if (module.length > moduleNameLimit) return `a module's name has at most ${moduleNameLimit} characters`;
  if (!/^[0-9A-Za-z_-]+$/.test(module)) return "a module's name consists of letters, digits, `_` and `-`";
  return undefined;
}).meta({ title: "kernel module" });

/** MODULE_NAME_LEN of the kernel on 64-bit machines, less the final NUL. */
const moduleNameLimit = 55;

/** A block device: `UUID=…`, `LABEL=…`, `PARTUUID=…`, `PARTLABEL=…` or a path below /dev. */
export const deviceSpec = z
  .string()
  .transform((spec, context): DeviceSpec => {
    const result = parseDeviceSpec(spec);
    if (result.ok) return result.device;
    context.addIssue({ code: "custom", message: `a device ${result.complaint}` });
    return z.NEVER;
  })
  .meta({ title: "device" });

/** A time span of systemd.time(7), or a number of seconds; becomes seconds, or `Infinity`. */
export const duration = z
  .union([z.string(), z.number()])
  .transform((span, context): number => {
    const seconds = typeof span === "number" ? span : parseDuration(span);
    if (seconds === Infinity || (seconds !== undefined && seconds >= shortest && seconds <= longest)) return seconds;
    const message =
      seconds === 0
        ? 'a time span of nothing would be taken for no limit at all: write "1ms", or "infinity"'
        : 'a time span is written as "5s", "1min 30s" or "infinity", or as a number of seconds';
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .meta({ title: "time span" });

/** Seconds; systemd takes 0 for "infinity", and JavaScript writes less than a microsecond as systemd cannot read it. */
const shortest = 0.001;

/** Seconds; 31 years. */
const longest = 1e9;

/** Permission bits as an octal string: `"0644"`; becomes the number. */
export const fileMode = z
  .string()
  .transform((mode, context): number => {
    if (/^[0-7]{3,4}$/.test(mode)) return Number.parseInt(mode, 8);
    context.addIssue({ code: "custom", message: 'a mode is three or four octal digits: "0644"' });
    return z.NEVER;
  })
  .meta({ title: "octal mode" });

/** An amount of bytes: `"64M"`, `"1.5G"`, or a number of bytes. */
export const size = z
  .union([z.string(), z.int()])
  .transform((amount, context): number => {
    const bytes = typeof amount === "number" ? amount : parseSize(amount);
    if (bytes !== undefined && bytes >= 0) return bytes;
    context.addIssue({ code: "custom", message: 'a size is a whole number of bytes, or as in "64M" (K, M, G, T, P)' });
    return z.NEVER;
  })
  .meta({ title: "size" });

/** Bytes; DM_NAME_LEN of the kernel, less the final NUL. */
const nameLimit = 127;

/** Characters; a unit's name has at most 255 (UNIT_NAME_MAX), of which `systemd-cryptsetup@` and `.service` need 27. */
const escapedNameLimit = 220;

function nameComplaint(value: string): string | undefined {
  if (value === "") return "a name may not be empty";
  if (value === "." || value === "..") return `a name may not be \`${value}\``;
  if (value.includes("/")) return "a name may not contain a slash";
  if (/\p{Cc}/u.test(value)) return "a name may not contain control characters";
  if (/^\s|[\s\\]$/u.test(value)) return "a name may not begin or end with white space, or end in a backslash";
  const bytes = new TextEncoder().encode(value);
  if (bytes.length > nameLimit) return `a name has at most ${nameLimit} bytes`;
  if (escapedLength(bytes) > escapedNameLimit) {
    return "this name is too long for the name of a unit, in which other than letters and digits of ASCII count fourfold";
  }
  return undefined;
}

/** As systemd-escape(1): what is not a letter, digit, `:`, `_` or `.` becomes `\xNN`. */
function escapedLength(bytes: Uint8Array): number {
  return bytes.reduce((length, byte) => length + (/[0-9A-Za-z:_.]/.test(String.fromCharCode(byte)) ? 1 : 4), 0);
}

function partsComplaint(path: string): string | undefined {
  if (/\p{Cc}/u.test(path)) return "a path may not contain control characters";
  if (/^\s|[\s\\]$/u.test(path)) return "a path may not begin or end with white space, or end in a backslash";
  const parts = path.split("/");
  if (parts.includes("..")) return "a path may not contain `..`";
  if (parts.includes(".")) return "a path may not contain `.` as a part";
  if (parts.includes("")) return "a path may not contain doubled slashes or end in one";
  return undefined;
}
