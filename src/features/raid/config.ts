import type { Input } from "../feature.ts";
import { arrayDevice, type DeclaredArray } from "./declared.ts";

/** By what mdadm knows the devices of one array. */
export interface ArrayIdentity {
  /** The mdadm.conf(5) of the image, which also says under which name the array is started. */
  readonly config: string;
  /** What its metadata call it, where the name alone tells. */
  readonly name?: string;
}

/** How the devices of an array are told from others. Undefined when something is wrong, which is reported. */
export function arrayIdentity(name: string, declared: DeclaredArray, input: Input): ArrayIdentity | undefined {
  const taken = declared.config === undefined ? [] : takenIdentity(name, declared.config, input);
  if (taken === undefined) return undefined;
  const ownName = declared.name ?? taken.find((word) => /^name=/i.test(word))?.slice("name=".length);
  const words = [
    ...taken.filter((word) => !/^name=/i.test(word)),
    ...(declared.uuid === undefined ? [] : [`UUID=${colons(declared.uuid)}`]),
  ];
  // Which devices they are says the udev rule, or the script, that gives them to mdadm.
  const known = words.length > 0 ? words : ["devices=/dev/*"];
  const config = [
    "# Nothing but what is declared is started.",
    "DEVICE partitions containers",
    "HOMEHOST <ignore>",
    "AUTO -all",
    `ARRAY ${arrayDevice(name)} ${known.join(" ")}`,
    "",
  ].join("\n");
  return { config, ...(ownName === undefined ? {} : { name: ownName }) };
}

function colons(uuid: string): string {
  return uuid.replace(/[:-]/g, "").toLowerCase().match(/.{8}/g)?.join(":") ?? uuid;
}

/** Words of the line that tell the array's devices from others, and not what they are or where a bitmap lies. */
const identifying = /^(?:uuid|name|super-minor|devices)=./i;
/** What can stand in a udev rule, too. */
const harmless = /^[A-Za-z0-9-]+=[\x21\x23-\x26\x28-\x7e]+$/;
const harmlessName = /^name=[A-Za-z0-9._:+=@-]+$/i;

function takenIdentity(name: string, config: string, input: Input): readonly string[] | undefined {
  const origin = input.originOf(name, "config");
  const bytes = input.readFile(config, origin);
  if (bytes === undefined) return undefined;
  const device = arrayDevice(name);
  const names = new Set([
    device,
    `/dev/md/${name}`,
    name,
    ...(/^md\d+$/.test(name) ? [name.slice(2), `/dev/md/${name.slice(2)}`] : []),
  ]);
  for (const [kind = "", which = "", ...words] of configLines(new TextDecoder().decode(bytes))) {
    if (!/^arr(?:ay?)?$/i.test(kind) || !names.has(which)) continue;
    const found = words.filter((word) => identifying.test(word));
    const isSafe = (word: string): boolean => (/^name=/i.test(word) ? harmlessName : harmless).test(word);
    if (found.length > 0 && found.every(isSafe)) return found;
  }
  input.report({
    code: "U800",
    severity: "error",
    message: `${config} has no line ARRAY ${device} that says which devices are its own`,
    hint: "mdadm --detail --scan prints such a line; or declare the uuid",
    at: [origin],
  });
  return undefined;
}

/** mdadm.conf(5): a line that begins with white space goes on with the one before; `#` begins a comment. */
function configLines(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  for (const raw of text.split("\n")) {
    const line = raw.replace(/(^|\s)#.*$/, "");
    const words = line.split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) continue;
    const last = lines.at(-1);
    if (/^\s/.test(line) && last !== undefined) last.push(...words);
    else lines.push(words);
  }
  return lines;
}
