import type { Input } from "../feature.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { growing } from "./grow.ts";
import { makeable } from "./make.ts";
import { kindOf, type Kind } from "./kinds.ts";
import { layeredMistakes, type Row } from "./layered-mistakes.ts";

/** Whether the keys of a file system go together. Reports U141 for each that does not. */
export function isSound(
  path: string,
  declared: DeclaredFilesystem,
  all: Readonly<Record<string, DeclaredFilesystem>>,
  input: Input,
): boolean {
  const kind = kindOf(declared.type);
  const rows = [
    ...whereItLies(declared, kind),
    ...whatItIs(path, declared, kind),
    ...whatIsDoneToIt(path, declared),
    ...layeredMistakes(path, declared, all),
  ];
  const found = rows.filter(([isMistake]) => isMistake);
  for (const [, key, message, hint] of found) {
    input.report({
      code: "U141",
      severity: "error",
      message: `${input.originOf(path).path}: ${message}`,
      hint,
      at: [input.originOf(path, key)],
    });
  }
  return found.length === 0;
}

function whereItLies(declared: DeclaredFilesystem, kind: Kind): readonly Row[] {
  const { type, device, devices } = declared;
  const onDevices = kind.on === "devices";
  return [
    [
      kind.on === "device" && device === undefined && devices === undefined && declared.image === undefined,
      "type",
      `${type} needs a \`device\``,
      'name it: device = "UUID=…"',
    ],
    [
      onDevices && device === undefined && devices === undefined,
      "type",
      `${type} needs a \`device\`, or several \`devices\``,
      'name it: device = "PARTUUID=…"',
    ],
    [
      onDevices && device !== undefined && devices !== undefined,
      "device",
      "`device` and `devices` exclude each other",
      "write all of them into `devices`",
    ],
    [
      !onDevices && devices !== undefined,
      "devices",
      type === "btrfs" ? "a btrfs is found by any of its devices" : `${type} lies on one device`,
      'name it: device = "UUID=…"',
    ],
    [
      kind.on !== "device" && !onDevices && device !== undefined,
      "device",
      `${type} has no device`,
      "take `device` out",
    ],
    [
      kind.on === "dataset" && declared.dataset === undefined,
      "type",
      `${type} needs a \`dataset\``,
      'name it: dataset = "rpool/ROOT/debian"',
    ],
    [
      kind.on === "network" && declared.remote === undefined,
      "type",
      `${type} needs a \`remote\``,
      'name it: remote = "192.0.2.1:/srv/root"',
    ],
    [kind.on !== "network" && declared.remote !== undefined, "remote", "only nfs has a `remote`", "take `remote` out"],
    [
      kind.on !== "dataset" && declared.dataset !== undefined,
      "dataset",
      "only zfs has a `dataset`",
      "take `dataset` out",
    ],
    [kind.on === "share" && declared.tag === undefined, "type", `${type} needs a \`tag\``, 'name it: tag = "root"'],
    [kind.on !== "share" && declared.tag !== undefined, "tag", "only 9p and virtiofs have a `tag`", "take `tag` out"],
    [
      !onDevices && type !== "btrfs" && declared.degraded,
      "degraded",
      "only btrfs and bcachefs take `degraded`",
      "take `degraded` out",
    ],
    [
      type === "btrfs" && declared.degraded && declared["device-timeout"] === Infinity,
      "device-timeout",
      "a btrfs is mounted degraded when its devices have not come in time",
      'say how long to wait: device-timeout = "30s"',
    ],
    [
      (onDevices || type === "btrfs") && declared.options.includes("degraded"),
      "options",
      "`degraded` is not written here",
      "declare degraded = true",
    ],
    [
      !onDevices && kind.on !== "dataset" && declared.encryption !== undefined,
      "encryption",
      `${type} has no encryption of its own`,
      "declare luks.NAME for the device below it",
    ],
  ];
}

function whatIsDoneToIt(path: string, declared: DeclaredFilesystem): readonly Row[] {
  const found = declared.device?.kind;
  return [
    [
      declared.grow && !growing.includes(declared.type),
      "grow",
      `${declared.type} does not grow while it is mounted`,
      `those that do are ${growing.join(", ")}; take \`grow\` out`,
    ],
    [
      declared.grow && declared.options.includes("ro"),
      "grow",
      "a file system that is mounted read-only does not grow",
      "take `grow` out, or `ro`",
    ],
    [
      declared["make-filesystem"] && !makeable.includes(declared.type),
      "make-filesystem",
      `${declared.type} cannot be made at boot`,
      `those that can are ${makeable.join(", ")}`,
    ],
    [
      declared["make-filesystem"] && path === "/",
      "make-filesystem",
      "a new file system has no system to hand over to",
      "take `make-filesystem` out",
    ],
    [
      declared["make-filesystem"] && (found === "uuid" || found === "label"),
      "make-filesystem",
      "a file system that is not there yet has no UUID and no label to find it by",
      'name the device by its partition: device = "PARTLABEL=…"',
    ],
  ];
}

function whatItIs(path: string, declared: DeclaredFilesystem, kind: Kind): readonly Row[] {
  return [
    [
      declared.type === "bind" && declared.source === undefined,
      "type",
      "bind needs a `source`",
      'name the directory: source = "/…"',
    ],
    [
      declared.type !== "bind" && declared.source !== undefined,
      "source",
      "only bind has a `source`",
      "take `source` out",
    ],
    [
      declared.fsck === true && kind.checker === undefined,
      "fsck",
      `${declared.type} has no checker that runs at boot`,
      "take `fsck` out",
    ],
    [
      kind.readOnly === true && declared.options.includes("rw"),
      "options",
      `${declared.type} cannot be written`,
      "take `rw` out",
    ],
    [path === "/" && declared.nofail, "nofail", "the root cannot be done without", "take `nofail` out"],
    [
      (kind.on === "nothing" || kind.on === "directories") && declared["device-timeout"] !== undefined,
      "device-timeout",
      `${declared.type} waits for no device`,
      "take `device-timeout` out",
    ],
  ];
}
