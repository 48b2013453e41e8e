import { name, namedTables } from "../../config/schema.ts";
import type { Requirement, Taken } from "../../plan/requirement.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { defineFeature, type Input } from "../feature.ts";
import { credentialKey, type CredentialKey } from "./credential-key.ts";
import { secret, secretPath, type DeclaredSecret } from "./declared.ts";
import { decryptStep } from "./decrypt.ts";

/** `[secrets.NAME]`: what only the initrd may know, in a layer of its own. */
export const secrets = defineFeature({
  schema: namedTables(name, secret).prefault({}).meta({
    description:
      "Something that only the initrd may know. It lies in a layer of its own, mode 0600, and is wiped at the hand-over; the image is then readable by its owner only.",
  }),
  contribute(value, input) {
    const all = Object.entries(value).map(([key, declared]) => contributionOf(key, declared, input));
    return { steps: all.flatMap(({ steps }) => steps), takes: all.flatMap(({ takes }) => takes) };
  },
});

interface Parts {
  readonly steps: readonly BootStep[];
  readonly takes: readonly Taken[];
}

const nothing: Parts = { steps: [], takes: [] };

function contributionOf(key: string, declared: DeclaredSecret, input: Input): Parts {
  if (!isSound(key, declared, input)) return nothing;
  const path = secretPath(key, declared);
  if (declared.credential !== undefined) return credentialParts(key, declared, declared.credential, path, input);
  const content = contentOf(key, declared, input);
  if (content === undefined) return nothing;
  return { steps: [], takes: [taken(key, fileOf(key, path, content, declared.keep), input)] };
}

function isSound(key: string, declared: DeclaredSecret, input: Input): boolean {
  const given = [declared.file, declared.command, declared.credential].filter((one) => one !== undefined);
  if (given.length !== 1) {
    input.report({
      code: "U900",
      severity: "error",
      message: `secrets.${key} has ${given.length === 0 ? "none" : "more than one"} of \`file\`, \`command\` and \`credential\``,
      hint: "say with exactly one of them where the secret comes from",
      at: [input.originOf(key)],
    });
  }
  const waits = declared.before !== undefined && declared.credential === undefined;
  if (waits) {
    input.report({
      code: "U901",
      severity: "error",
      message: `secrets.${key} is in its place from the start, so that nothing has to wait for it`,
      hint: "take `before` out; it is for a `credential`, which has to be decrypted",
      at: [input.originOf(key, "before")],
    });
  }
  return given.length === 1 && !waits;
}

function contentOf(key: string, declared: DeclaredSecret, input: Input): Uint8Array | undefined {
  if (declared.file !== undefined) return input.readFile(declared.file, input.originOf(key, "file"));
  const origin = input.originOf(key, "command");
  const output = input.runCommand(declared.command ?? [], origin);
  if (output.ok && output.bytes.length > 0) return output.bytes;
  if (!output.ok && output.because === "not run") return new Uint8Array();
  input.report({
    code: "U902",
    severity: "error",
    // What it wrote may be the secret, and is never shown.
    message: `the command of secrets.${key} ${output.ok ? "wrote nothing" : output.because}`,
    hint: "it runs in the directory of the declaration, without a shell; try it there",
    at: [origin],
  });
  return undefined;
}

function credentialParts(key: string, declared: DeclaredSecret, named: string, path: string, input: Input): Parts {
  const origin = input.originOf(key, "credential");
  const bytes = input.readFile(named, origin);
  const kind = bytes === undefined ? undefined : keyOf(named, key, bytes, input);
  if (bytes === undefined || kind === undefined) return nothing;
  const source = `/etc/credstore.encrypted/${key}`;
  return {
    steps: [decryptStep({ key, declared, source, path, needsTpm: kind === "tpm2" }, input)],
    takes: [
      taken(key, { ...fileOf(key, source, bytes, false), why: `the encrypted secret ${key}` }, input),
      taken(key, { is: "secret", path, why: `the secret ${key}`, ...kept(key, declared.keep) }, input),
    ],
  };
}

/** Reports what makes a credential useless in an initrd. */
function keyOf(named: string, key: string, bytes: Uint8Array, input: Input): CredentialKey | undefined {
  const kind = credentialKey(bytes);
  const at = [input.originOf(key, "credential")];
  if (kind === undefined) {
    input.report({
      code: "U903",
      severity: "error",
      message: `${named} is no encrypted credential`,
      hint: `make it with systemd-creds encrypt --with-key=auto-initrd --name=${key}; a plain secret is a \`file\``,
      at,
    });
  }
  if (kind === "host") {
    input.report({
      code: "U904",
      severity: "error",
      message: `${named} needs the key of the host, which lies on the root and cannot be read before it is mounted`,
      hint: "encrypt it with --with-key=tpm2, or with --with-key=auto-initrd",
      at,
    });
    return undefined;
  }
  if (kind === "none") {
    input.report({
      code: "U905",
      severity: "hint",
      message: `${named} is encrypted with no key: whoever has the image can read it, as with a plain file`,
      at,
    });
  }
  return kind;
}

function fileOf(key: string, path: string, content: Uint8Array, keep: boolean): Extract<Requirement, { is: "file" }> {
  return { is: "file", path, mode: 0o600, content, secret: true, why: `the secret ${key}`, ...kept(key, keep) };
}

function kept(key: string, keep: boolean): { readonly keepAs?: string } {
  return keep ? { keepAs: key } : {};
}

function taken(key: string, requirement: Requirement, input: Input): Taken {
  const origin = input.originOf(key);
  return { requirement, why: [{ what: origin.path, origin }] };
}
