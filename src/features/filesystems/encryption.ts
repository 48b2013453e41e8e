import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Need, Resource } from "../../plan/resource.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { secondsWord, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { keyboards } from "../../steps/keyboards.ts";
import type { Input } from "../feature.ts";
import { deviceNeeds } from "./device-needs.ts";
import type { DeclaredFilesystem, Encryption, Way } from "./declared.ts";
import { poolStep } from "./pool.ts";

/** What the step that unlocks makes, and the mount needs. */
export function keyOf(path: string): Resource {
  return { is: "secret", name: `key of ${path}` };
}

/** The step that makes a file system's key known; none for one without encryption. */
export function unlockStep(path: string, declared: DeclaredFilesystem, input: Input): readonly BootStep[] {
  if (declared.encryption === undefined) return [];
  const ways = declared.encryption.unlock ?? [
    declared.encryption["key-file"] === undefined ? "passphrase" : "key-file",
  ];
  const keyFile = keyFileOf(path, declared.encryption, input);
  if (!areSound(path, declared, declared.encryption, ways, keyFile, input)) return [];
  const origin = input.originOf(path, "encryption");
  const prompts = ways.includes("passphrase");
  return [
    {
      id: `unlock:${path}`,
      title: `unlock the ${declared.type} of ${path}`,
      origin,
      needs: [...unlockNeeds(path, declared, input), ...(prompts ? [consoleNeed(path, input)] : [])],
      provides: [keyOf(path)],
      takes: [...(keyFile === undefined ? [] : [keyFile]), ...(prompts ? keyboards : [])],
      overrides: [],
      onFailure: declared.nofail ? "go-on" : "stop",
      facts: { path, type: declared.type, unlock: ways.join(","), prompts },
      render: {
        systemd: () => ({
          can: false,
          because: `systemd has no unlocking of ${declared.type}`,
          hint: `for the systemd stage one put the file system into LUKS: luks.NAME`,
        }),
        scripted: (target) => scriptUnlock(declared, ways, keyFile?.path ?? "", shortOrigin(origin), target),
      },
    },
  ];
}

function unlockNeeds(path: string, declared: DeclaredFilesystem, input: Input): readonly Need[] {
  if (declared.dataset === undefined) return deviceNeeds(path, declared, input);
  const of = { is: "step", id: poolStep(declared.dataset) } as const;
  return [{ is: "one", of, from: "step", strength: "requires", origin: input.originOf(path, "dataset") }];
}

function consoleNeed(path: string, input: Input): Need {
  const of = { is: "milestone", name: "console-ready" } as const;
  return { is: "one", of, from: "step", strength: "order", origin: input.originOf(path, "encryption") };
}

function keyFileOf(path: string, declared: Encryption, input: Input): Extract<Requirement, { is: "file" }> | undefined {
  const named = declared["key-file"];
  const content =
    named === undefined ? undefined : input.readFile(named, input.originOf(path, "encryption", "key-file"));
  if (content === undefined) return undefined;
  const name = path === "/" ? "root" : encodeURIComponent(path.slice(1));
  return {
    is: "file",
    path: `/etc/unitrd/keys/${name}.key`,
    mode: 0o600,
    content,
    secret: true,
    why: `key of filesystems."${path}"`,
  };
}

/** Bytes; the kernel takes a key of bcachefs as it comes out of the derivation from the pass phrase. */
const bcachefsKeySize = 32;

function areSound(
  path: string,
  { type }: DeclaredFilesystem,
  declared: Encryption,
  ways: readonly Way[],
  keyFile: Extract<Requirement, { is: "file" }> | undefined,
  input: Input,
): boolean {
  const named = declared["key-file"] !== undefined;
  const size = keyFile === undefined ? undefined : keyFile.content.length;
  const faults: [boolean, string, string, string][] = [
    [
      ways.includes("key-file") && !named,
      "unlock",
      "`unlock` names a key file, and there is none",
      'name the file: key-file = "…"',
    ],
    [
      !ways.includes("key-file") && named,
      "key-file",
      "`unlock` leaves the key file unused",
      'add "key-file" to `unlock`, or take `key-file` out',
    ],
    [
      ways.length > 1 && ways.join() !== "key-file,passphrase",
      "unlock",
      "a pass phrase is asked for without end, so that nothing comes after it",
      'use ["key-file", "passphrase"]',
    ],
    [
      type === "bcachefs" && ways.length > 1,
      "unlock",
      "bcachefs takes one way to unlock: that a key file is wrong shows only when the file system is mounted",
      'use ["key-file"] or ["passphrase"]',
    ],
    [
      type === "bcachefs" && size !== undefined && size !== bcachefsKeySize,
      "key-file",
      `the key of a bcachefs has ${bcachefsKeySize} bytes, and this file ${size}`,
      "after `bcachefs unlock`, `keyctl pipe %user:bcachefs:UUID` prints the key; a pass phrase is no key",
    ],
  ];
  const found = faults.filter(([isFault]) => isFault);
  for (const [, key, message, hint] of found) {
    input.report({
      code: "U142",
      severity: "error",
      message: `${input.originOf(path, "encryption").path}: ${message}`,
      hint,
      at: [input.originOf(path, "encryption", key)],
    });
  }
  return found.length === 0 && named === (keyFile !== undefined);
}

function scriptUnlock(
  declared: DeclaredFilesystem,
  ways: readonly Way[],
  keyFile: string,
  origin: string,
  target: Target,
): Verdict<ScriptedRendering> {
  if (declared.dataset !== undefined) {
    return {
      can: true,
      rendering: {
        parts: ["prompt", "zfs"],
        call: ["unlock_zfs", declared.dataset, ways.join(","), keyFile, origin],
        takes: [{ is: "program", name: "zfs", why: "keys of zfs" }],
      },
    };
  }
  const program = ways.includes("passphrase") ? "bcachefs" : "keyctl";
  if (!target.hasProgram(program)) return { can: false, ...missing[program] };
  const specs = (declared.devices ?? (declared.device === undefined ? [] : [declared.device])).map(({ spec }) => spec);
  return {
    can: true,
    rendering: {
      parts: ["device", "prompt", "members", "bcachefs"],
      call: ["unlock_bcachefs", ways.join(","), keyFile, secondsWord(declared["device-timeout"]), origin, ...specs],
      takes: [{ is: "program", name: program, why: "keys of bcachefs" }],
    },
  };
}

const missing = {
  bcachefs: {
    because: "the sysroot has no bcachefs, which makes the key of the pass phrase",
    hint: 'install bcachefs-tools there, or unlock = ["key-file"]',
  },
  keyctl: { because: "the sysroot has no keyctl, which hands the key to the kernel", hint: "install keyutils there" },
} as const;
