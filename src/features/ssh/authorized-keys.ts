import type { Origin } from "../../diagnostics/diagnostic.ts";
import type { Input } from "../feature.ts";
import type { DeclaredSsh } from "./declared.ts";

/** The lines of all keys that may log in. Reports U920 for what is none, U921 when none is left; then undefined. */
export function authorizedKeys(declared: DeclaredSsh, input: Input): readonly string[] | undefined {
  const given = declared["authorized-keys"].map((text, index): Line => ({
    text,
    where: `ssh.authorized-keys[${index}]`,
    origin: input.originOf("authorized-keys", index),
  }));
  const lines = [
    ...given,
    ...declared["authorized-keys-files"].flatMap((file, index) => fileLines(file, index, input)),
  ];
  const wrong = lines.filter(({ text }) => !isKey(text));
  for (const { where, origin } of wrong) {
    input.report({
      code: "U920",
      severity: "error",
      message: `${where} is no public key`,
      hint: "a key is the line of a file that ends in .pub: its type, its Base64, a comment",
      at: [origin],
    });
  }
  if (lines.length === 0) {
    input.report({
      code: "U921",
      severity: "error",
      message: "nobody could log in: [ssh] has no public key",
      hint: 'authorized-keys = ["ssh-ed25519 …"], as in ~/.ssh/id_ed25519.pub',
      at: [input.originOf()],
    });
  }
  return wrong.length > 0 || lines.length === 0 ? undefined : [...new Set(lines.map(({ text }) => text))];
}

interface Line {
  readonly text: string;
  readonly where: string;
  readonly origin: Origin;
}

function fileLines(file: string, index: number, input: Input): readonly Line[] {
  const origin = input.originOf("authorized-keys-files", index);
  const bytes = input.readFile(file, origin);
  if (bytes === undefined) return [];
  return new TextDecoder()
    .decode(bytes)
    .split("\n")
    .map((text, number) => ({ text: text.trim(), where: `line ${number + 1} of ${file}`, origin }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
}

/**
 * Whether a line is one of authorized_keys(5): options, type, Base64, comment. The Base64 begins with the type once more
 * (RFC 4253, section 6.6), so that a line that was cut or mistyped is seen.
 */
export function isKey(line: string): boolean {
  const fields = /(?:^|[ \t])((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]|$)/.exec(
    outsideQuotes(line),
  );
  const [, type = "", encoded = ""] = fields ?? [];
  if (fields === null || /\p{Cc}/u.test(line.replaceAll("\t", " "))) return false;
  const blob = Buffer.from(encoded, "base64");
  return partsOf(blob)?.[0]?.toString("latin1") === type && blob.length > type.length + 16;
}

/** The strings, each behind its length (RFC 4251, section 5), that fill the bytes to the last one. */
function partsOf(bytes: Buffer): readonly Buffer[] | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return at === bytes.length ? parts : undefined;
}

/** What stands in quotes is the value of an option. */
function outsideQuotes(line: string): string {
  return line.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
}
