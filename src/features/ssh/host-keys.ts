import type { Input } from "../feature.ts";
import { madeHostKey, type DeclaredSsh } from "./declared.ts";
import { dropbearKey, isPrivateKey, readEd25519 } from "./host-key.ts";
import type { ServerKind } from "./server.ts";

/** The files of the private host keys as the server reads them. Reports U922 to U924; undefined when one is of no use. */
export function hostKeys(declared: DeclaredSsh, kind: ServerKind, input: Input): readonly Uint8Array[] | undefined {
  const files = declared["host-keys"];
  if (files === undefined) return madeKey(kind, input);
  const keys = files.map((file, index) => {
    const origin = input.originOf("host-keys", index);
    if (file.startsWith("/")) {
      input.report({
        code: "U923",
        severity: "warning",
        message: `${file} is a host key of the machine itself, and whoever has the disk can read it in the initrd`,
        hint: "take `host-keys` out, and a key of its own is made",
        at: [origin],
      });
    }
    const bytes = input.readFile(file, origin);
    if (bytes === undefined) return undefined;
    const key = asRead(bytes, kind);
    if (key === undefined) {
      input.report({
        code: "U924",
        severity: "error",
        message: `${file} is no host key that ${kind === "openssh" ? "OpenSSH" : "dropbear"} can use without a pass phrase`,
        hint: "ssh-keygen -t ed25519 -N '' -f FILE makes one",
        at: [origin],
      });
    }
    return key;
  });
  const found = keys.filter((key) => key !== undefined);
  return found.length === keys.length && found.length > 0 ? found : undefined;
}

function madeKey(kind: ServerKind, input: Input): readonly Uint8Array[] | undefined {
  const origin = input.originOf();
  const made = input.hostKey(madeHostKey, origin);
  if (made === undefined) return undefined;
  // Only a look at the declaration: nothing is made for that.
  if (made === "not made") return [new Uint8Array()];
  if (made.isNew) {
    input.report({
      code: "U922",
      severity: "hint",
      message: `made the host key ${madeHostKey} beside the declaration: ${made.publicLine.trim()}`,
      hint: "keep it; clients know the initrd by it",
      at: [origin],
    });
  }
  const key = asRead(made.bytes, kind);
  if (key !== undefined) return [key];
  input.report({
    code: "U924",
    severity: "error",
    message: `${madeHostKey} beside the declaration is no host key`,
    hint: "remove it, and one is made",
    at: [origin],
  });
  return undefined;
}

function asRead(bytes: Uint8Array, kind: ServerKind): Uint8Array | undefined {
  const text = new TextDecoder().decode(bytes);
  if (!isPrivateKey(text)) return undefined;
  if (kind === "openssh") return bytes;
  const key = readEd25519(text);
  return key && dropbearKey(key);
}
