import { namedTables } from "../../config/schema.ts";
import type { Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Need } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { deviceNeed } from "../../steps/device-need.ts";
import { keyboards } from "../../steps/keyboards.ts";
import { resumeDecided } from "../../steps/resume-decided.ts";
import { mappingName } from "../../steps/mapping-name.ts";
import { defineFeature, type Input } from "../feature.ts";
import { device, keyDeviceOf, wayId, wayName, type DeclaredLuks, type UnlockFiles, type Way } from "./declared.ts";
import { luksModules } from "./modules.ts";
import { scriptUnlock } from "./scripted.ts";
import { renderUnlock } from "./systemd.ts";

/** `[luks.NAME]`: encrypted devices, opened as /dev/mapper/NAME. */
export const luks = defineFeature({
  schema: namedTables(mappingName, device)
    .prefault({})
    .meta({ description: "An encrypted device, opened as `/dev/mapper/NAME`." }),
  contribute(value, input) {
    reportSharedDevices(value, input);
    return { steps: Object.entries(value).flatMap(([mapping, declared]) => unlockStep(mapping, declared, input)) };
  },
});

/** One disk opened twice is written to through two caches. */
function reportSharedDevices(value: Readonly<Record<string, DeclaredLuks>>, input: Input): void {
  const owners = new Map<string, string>();
  for (const [mapping, { device }] of Object.entries(value)) {
    const other = owners.get(device.path);
    owners.set(device.path, other ?? mapping);
    if (other === undefined) continue;
    input.report({
      code: "U151",
      severity: "error",
      message: `${input.originOf(mapping).path} and ${input.originOf(other).path} open the same device, ${device.spec}`,
      hint: "take one of the two out",
      at: [input.originOf(mapping, "device"), input.originOf(other, "device")],
    });
  }
}

function unlockStep(mapping: string, declared: DeclaredLuks, input: Input): BootStep[] {
  const ways = declared.unlock ?? (declared["key-file"] === undefined ? ["passphrase"] : ["key-file", "passphrase"]);
  const files = secretFiles(mapping, declared, input);
  if (!areSound(mapping, declared, ways, input) || files === undefined) return [];
  const origin = input.originOf(mapping);
  const prompts = ways.includes("passphrase");
  return [
    {
      id: `luks:${mapping}`,
      title: `unlock ${declared.device.spec} as /dev/mapper/${mapping}`,
      origin,
      needs: unlockNeeds(mapping, declared, ways, input),
      layer: 1,
      staysOpen: true,
      provides: [{ is: "device", names: [`/dev/mapper/${mapping}`, `/dev/disk/by-id/dm-name-${mapping}`] }],
      takes: [
        ...luksModules(declared),
        ...(prompts ? keyboards : []),
        ...files.takes,
        ...ways.flatMap((way) => wayModules(way)),
      ],
      overrides: ["rd.luks.uuid", "rd.luks.name", "rd.luks"].map((word) => ({ word, effect: "refused" as const })),
      onFailure: declared.nofail ? "go-on" : "stop",
      facts: {
        device: declared.device.spec,
        mapping,
        unlock: ways.map(wayName).join(","),
        options: declared.options.join(","),
        prompts,
      },
      render: {
        systemd: (target) =>
          renderUnlock(mapping, declared, ways, files.paths, input.originOf(mapping, "unlock"), target),
        scripted: (target) =>
          scriptUnlock(mapping, declared, ways, files.paths, input.originOf(mapping, "device"), target),
      },
    },
  ];
}

function unlockNeeds(mapping: string, declared: DeclaredLuks, ways: readonly Way[], input: Input): Need[] {
  const origin = input.originOf(mapping);
  const strength = declared.nofail ? "wants" : "requires";
  const seconds = declared["device-timeout"];
  const at = (...path: readonly (string | number)[]): Origin => input.originOf(mapping, ...path);
  const { "header-device": header, "key-file": keyFile } = declared;
  const alternatives = ways.map((way, index) => {
    const key = keyDeviceOf(way);
    return {
      way: wayId(ways, index),
      needs: key === undefined ? [] : [deviceNeed(key["key-device"], at("unlock", index), { seconds: key.timeout })],
    };
  });
  return [
    deviceNeed(declared.device, at("device"), { seconds, strength }),
    ...(header === undefined ? [] : [deviceNeed(header, at("header-device"), { seconds, strength })]),
    // The journal of its tags is replayed.
    ...(declared.integrity === undefined ? [] : [resumeDecided(at("integrity"))]),
    // Where it is decrypted; where not it is in its place from the start.
    ...(typeof keyFile === "object"
      ? ([
          {
            is: "one",
            of: { is: "secret", name: keyFile.secret },
            from: "either",
            strength: "order",
            origin: at("key-file"),
          },
        ] satisfies Need[])
      : []),
    ...(alternatives.some(({ needs }) => needs.length > 0) ? [{ is: "first-of", ways: alternatives } as const] : []),
    ...(ways.includes("passphrase")
      ? [
          {
            is: "one",
            of: { is: "milestone", name: "console-ready" },
            from: "step",
            strength: "order",
            origin,
          } as const,
        ]
      : []),
  ];
}

/** The file system that a key lies on. */
function wayModules(way: Way): readonly Requirement[] {
  if (way === "credential") {
    const why = "credentials of the machine";
    return ["dmi_sysfs", "qemu_fw_cfg"].map((name) => ({ is: "module", name, optional: true, why }));
  }
  const type = keyDeviceOf(way)?.type;
  if (type === undefined) return [];
  const why = "the file system of a key";
  const sets = ["nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8"];
  return [
    { is: "module", name: /^ext[23]$/.test(type) ? "ext4" : type === "iso9660" ? "isofs" : type, why },
    ...(["vfat", "exfat", "iso9660"].includes(type) ? sets : []).map((name): Requirement => ({
      is: "module",
      name,
      optional: true,
      why,
    })),
  ];
}

function areSound(mapping: string, declared: DeclaredLuks, ways: readonly Way[], input: Input): boolean {
  const named = ways.filter((way) => keyDeviceOf(way) === undefined);
  const faults: [boolean, string, string, string][] = [
    [
      ways.includes("key-file") && declared["key-file"] === undefined,
      "unlock",
      "`unlock` names a key file, and there is none",
      'name the file: key-file = "…"',
    ],
    [
      !ways.includes("key-file") && declared["key-file"] !== undefined,
      "key-file",
      "`unlock` leaves the key file unused",
      'add "key-file" to `unlock`, or take `key-file` out',
    ],
    [
      ways.includes("passphrase") && ways.at(-1) !== "passphrase",
      "unlock",
      "a pass phrase is asked for until it fits, so that nothing comes after it",
      'put "passphrase" last',
    ],
    [
      new Set(named.map(wayName)).size !== named.length,
      "unlock",
      "each way to unlock counts once",
      "only keys on devices may be several",
    ],
    [
      ways.some((way) => isHalfKey(way)),
      "unlock",
      "the key on a device is either a file (`type` and `path`) or bytes of the device (neither)",
      "write both, or none",
    ],
    [
      declared.tries !== undefined && !ways.includes("passphrase"),
      "tries",
      "`tries` counts pass phrases, and none is asked for",
      "take it out",
    ],
    [
      declared.header !== undefined && declared["header-device"] !== undefined,
      "header-device",
      "a device has one header",
      "take `header` or `header-device` out",
    ],
  ];
  const found = faults.filter(([isFault]) => isFault);
  for (const [, key, message, hint] of found) {
    input.report({
      code: "U150",
      severity: "error",
      message: `${input.originOf(mapping).path}: ${message}`,
      hint,
      at: [input.originOf(mapping, key)],
    });
  }
  return found.length === 0;
}

function isHalfKey(way: Way): boolean {
  const key = keyDeviceOf(way);
  return key !== undefined && (key.type === undefined) !== (key.path === undefined);
}

type FileOfImage = Extract<Requirement, { is: "file" }>;

function secretFiles(
  mapping: string,
  declared: DeclaredLuks,
  input: Input,
): { paths: UnlockFiles; takes: Requirement[] } | undefined {
  const named = declared["key-file"];
  const key =
    typeof named === "object"
      ? declaredSecret(mapping, named.secret, input)
      : secretFile(mapping, named, "key-file", `/etc/cryptsetup-keys.d/${mapping}.key`, input);
  const header = secretFile(mapping, declared.header, "header", `/etc/cryptsetup-headers.d/${mapping}.header`, input);
  if (key === "unreadable" || header === "unreadable") return undefined;
  return {
    paths: {
      ...(key === undefined ? {} : { keyFile: key.path }),
      ...(header === undefined ? {} : { header: header.path }),
    },
    takes: [key, header].flatMap((file) => (file === undefined || isOnlyNamed(file) ? [] : [file])),
  };
}

function isOnlyNamed(file: { readonly path: string } | FileOfImage): file is { readonly path: string } {
  return !("is" in file);
}

/** The table of secrets itself brings the file, or the step that makes it. */
function declaredSecret(mapping: string, secret: string, input: Input): { readonly path: string } | "unreadable" {
  const path = input.secretPath(secret);
  if (path !== undefined) return { path };
  input.report({
    code: "U824",
    severity: "error",
    message: `${input.originOf(mapping).path} takes its key from the secret ${secret}, and none of that name is declared`,
    hint: `declare [secrets.${secret}], or name a file: key-file = "…"`,
    at: [input.originOf(mapping, "key-file")],
  });
  return "unreadable";
}

function secretFile(
  mapping: string,
  named: string | undefined,
  key: "key-file" | "header",
  path: string,
  input: Input,
): FileOfImage | undefined | "unreadable" {
  if (named === undefined) return undefined;
  const content = input.readFile(named, input.originOf(mapping, key));
  if (content === undefined) return "unreadable";
  return { is: "file", path, mode: 0o600, content, secret: true, why: `${key} of luks.${mapping}` };
}
