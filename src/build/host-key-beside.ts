import { generateKeyPairSync } from "node:crypto";
import { linkSync, lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import type { HostKey } from "../features/feature.ts";
import { opensshKey, publicLine, type Ed25519Key } from "../features/ssh/host-key.ts";
import { errorCode } from "../host/failure.ts";

/**
 * The private SSH host key beside a file of the declaration. Where there is none it is made, 0600 from the first byte,
 * with its public half beside it in NAME.pub. Reports U180 for one that cannot be read or made.
 */
export function hostKeyBeside(file: string, name: string, origin: Origin, report: Report): HostKey | undefined {
  const path = join(dirname(resolve(file)), name);
  try {
    return readKey(path) ?? makeKey(path, name);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    report({
      code: "U180",
      severity: "error",
      message: `the host key ${name} beside the declaration cannot be read or made (${code})`,
      hint: "name one with host-keys, or build as a user who may write there",
      at: [origin],
    });
    return undefined;
  }
}

function readKey(path: string): HostKey | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  return { bytes: readFileSync(path), isNew: false, publicLine: "" };
}

/** A link makes it appear whole, and fails where somebody else has made one meanwhile: then that one counts. */
function makeKey(path: string, name: string): HostKey {
  const key = newKey();
  const text = opensshKey(key, name);
  const shown = publicLine(key, name);
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
    linkSync(temporary, path);
  } catch (error) {
    const other = errorCode(error) === "EEXIST" ? readKey(path) : undefined;
    if (other === undefined) throw error;
    return other;
  } finally {
    rmSync(temporary, { force: true });
  }
  writeFileSync(`${path}.pub`, shown, { mode: 0o644 });
  return { bytes: new TextEncoder().encode(text), isNew: true, publicLine: shown };
}

function newKey(): Ed25519Key {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { d = "", x = "" } = privateKey.export({ format: "jwk" });
  return { seed: Buffer.from(d, "base64url"), publicKey: Buffer.from(x, "base64url") };
}
