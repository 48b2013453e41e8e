import { namedTables } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Need } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { sourceOf } from "../../steps/device-source.ts";
import { keyboards } from "../../steps/keyboards.ts";
import { defineFeature, type Input } from "../feature.ts";
import { device, mapping, wayName, type DeclaredLuks, type UnlockFiles, type Way } from "./declared.ts";
import { scriptUnlock } from "./scripted.ts";
import { renderUnlock } from "./systemd.ts";

/** `[luks.NAME]`: encrypted devices, opened as /dev/mapper/NAME. */
export const luks = defineFeature({
  schema: namedTables(mapping, device)
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
      needs: unlockNeeds(mapping, declared, prompts, input),
      layer: 1,
      provides: [{ is: "device", names: [`/dev/mapper/${mapping}`, `/dev/disk/by-id/dm-name-${mapping}`] }],
      takes: [...modules, ...(prompts ? keyboards : []), ...files.takes],
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

function unlockNeeds(mapping: string, declared: DeclaredLuks, prompts: boolean, input: Input): Need[] {
  const { path } = declared.device;
  const console: Need = {
    is: "one",
    of: { is: "milestone", name: "console-ready" },
    from: "step",
    strength: "order",
    origin: input.originOf(mapping),
  };
  return [
    {
      is: "one",
      of: { is: "device", names: [`/dev/${path.slice("/dev/".length)}`] },
      from: sourceOf(declared.device),
      strength: declared.nofail ? "wants" : "requires",
      ...(declared["device-timeout"] === undefined ? {} : { seconds: declared["device-timeout"] }),
      origin: input.originOf(mapping, "device"),
    },
    ...(prompts ? [console] : []),
  ];
}

function areSound(mapping: string, declared: DeclaredLuks, ways: readonly Way[], input: Input): boolean {
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
      new Set(ways.map(wayName)).size !== ways.length,
      "unlock",
      "each way to unlock counts once",
      'use ["key-file", "passphrase"], ["key-file"] or ["passphrase"]',
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

function secretFiles(
  mapping: string,
  declared: DeclaredLuks,
  input: Input,
): { paths: UnlockFiles; takes: Requirement[] } | undefined {
  const key = secretFile(mapping, declared["key-file"], "key-file", `/etc/cryptsetup-keys.d/${mapping}.key`, input);
  const header = secretFile(mapping, declared.header, "header", `/etc/cryptsetup-headers.d/${mapping}.header`, input);
  if (key === "unreadable" || header === "unreadable") return undefined;
  return {
    paths: {
      ...(key === undefined ? {} : { keyFile: key.path }),
      ...(header === undefined ? {} : { header: header.path }),
    },
    takes: [key, header].flatMap((file) => (file === undefined ? [] : [file])),
  };
}

function secretFile(
  mapping: string,
  named: string | undefined,
  key: "key-file" | "header",
  path: string,
  input: Input,
): Extract<Requirement, { is: "file" }> | undefined | "unreadable" {
  if (named === undefined) return undefined;
  const content = input.readFile(named, input.originOf(mapping, key));
  if (content === undefined) return "unreadable";
  return { is: "file", path, mode: 0o600, content, secret: true, why: `${key} of luks.${mapping}` };
}

/** The cipher is known only to the disk; these are the ones that cryptsetup has ever made by default. */
const modules: readonly Requirement[] = [
  { is: "module", name: "dm_mod", why: "device mapper" },
  { is: "module", name: "dm_crypt", why: "encryption" },
  ...[
    "xts",
    "ecb",
    "cbc",
    "essiv",
    "aes",
    "aes_generic",
    "aesni_intel",
    "sha256",
    "sha256_generic",
    "af_alg",
    "algif_skcipher",
    "crypto_simd",
    "cryptd",
  ].map((module): Requirement => ({ is: "module", name: module, optional: true, why: "ciphers of LUKS" })),
];
