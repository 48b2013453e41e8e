import type { Requirement } from "../../plan/requirement.ts";
import type { Need } from "../../plan/resource.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import type { ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { escapeUnitName, execLine, literal } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import type { Input } from "../feature.ts";
import type { DeclaredSecret } from "./declared.ts";

interface Encrypted {
  readonly key: string;
  readonly declared: DeclaredSecret;
  /** Where the encrypted bytes lie in the image. */
  readonly source: string;
  /** Where the secret shall lie. */
  readonly path: string;
  readonly needsTpm: boolean;
}

/** The step that decrypts a credential with systemd-creds(1), before whoever needs it. */
export function decryptStep(secret: Encrypted, input: Input): BootStep {
  const { key, declared, needsTpm } = secret;
  const origin = input.originOf(key);
  const tpm: Need = {
    is: "one",
    of: { is: "device", names: ["/dev/tpmrm0"] },
    from: "hardware",
    strength: "requires",
    origin: input.originOf(key, "credential"),
  };
  return {
    id: `secret:${key}`,
    title: `decrypt ${declared.credential ?? ""} to ${secret.path}`,
    origin,
    needs: needsTpm ? [tpm] : [],
    provides: [{ is: "secret", name: key }],
    before: declared.before?.map((id, index) => ({ is: "step", id, origin: input.originOf(key, "before", index) })) ?? [
      { is: "every", origin },
    ],
    takes: needsTpm ? tpmModules : [],
    overrides: [],
    onFailure: "stop",
    facts: { path: secret.path, key: needsTpm ? "tpm2" : "none" },
    render: {
      systemd: (target) => renderUnit(secret, target),
      scripted: (target) => renderCall(secret, target),
    },
  };
}

function renderUnit(secret: Encrypted, target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram("systemd-creds")) return lacking;
  const unit = decryptUnit(secret, target);
  return {
    can: true,
    rendering: { units: [unit], done: unit.name, gates: [unit.name], mustSucceed: true, takes: takesOf(secret) },
  };
}

function renderCall(secret: Encrypted, target: Target): Verdict<ScriptedRendering> {
  if (!target.hasProgram("systemd-creds")) return lacking;
  const tpm = secret.needsTpm ? "/dev/tpmrm0" : "";
  const call = ["decrypt_secret", secret.key, secret.source, secret.path, tpm] as const;
  return { can: true, rendering: { parts: ["secret"], call, takes: takesOf(secret) } };
}

const lacking = {
  can: false,
  because: "the sysroot has no systemd-creds",
  hint: "it is part of systemd since version 250",
} as const;

function decryptUnit({ key, source, path }: Encrypted, target: Target): Unit {
  return {
    name: `unitrd-secret-${escapeUnitName(key)}.service`,
    place: "local",
    requiredBy: ["initrd.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Secret ${key} decrypted`)],
          ["Documentation", "man:systemd-creds(1)"],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["Before", "initrd.target shutdown.target"],
          ["Conflicts", "shutdown.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["UMask", "0077"],
          ["ExecStart", execLine([target.programPath("systemd-creds"), "decrypt", `--name=${key}`, source, path])],
        ],
      },
    ],
  };
}

function takesOf({ path, needsTpm }: Encrypted): readonly Requirement[] {
  const directory = path.slice(0, path.lastIndexOf("/"));
  return [
    { is: "program", name: "systemd-creds", why: "decryption of secrets" },
    ...(directory === ""
      ? []
      : ([{ is: "parent", path: directory, why: "where a secret will lie" }] satisfies Requirement[])),
    ...(needsTpm ? tpmLibraries : []),
  ];
}

const tpmModules: readonly Requirement[] = ["tpm_tis", "tpm_crb"].map((module) => ({
  is: "module",
  name: module,
  optional: true,
  why: "the TPM that decrypts secrets",
}));

/** systemd 257 names them in a note, 252 does not. */
const tpmLibraries: readonly Requirement[] = [
  { is: "dlopen", feature: "tpm", why: "the TPM that decrypts secrets" },
  ...["libtss2-esys.so.0", "libtss2-rc.so.0", "libtss2-mu.so.0", "libtss2-tcti-device.so.0"].map(
    (soname): Requirement => ({ is: "library", soname, why: "the TPM that decrypts secrets" }),
  ),
];
