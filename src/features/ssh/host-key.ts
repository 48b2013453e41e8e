/** The two halves of an ed25519 key, 32 bytes each. */
export interface Ed25519Key {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

const type = "ssh-ed25519";
const magic = "openssh-key-v1\0";
const armour = ["-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"] as const;

/** The file of a private key as OpenSSH writes it (its PROTOCOL.key), without a pass phrase. */
export function opensshKey(key: Ed25519Key, comment: string): string {
  // It tells a wrong pass phrase from a right one; there is none here.
  const check = Buffer.from(key.publicKey).subarray(0, 4);
  const inner = Buffer.concat([
    check,
    check,
    string(type),
    string(key.publicKey),
    string(Buffer.concat([key.seed, key.publicKey])),
    string(comment),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    Buffer.from(magic, "latin1"),
    string("none"),
    string("none"),
    string(""),
    number(1),
    string(publicBlob(key)),
    string(Buffer.concat([inner, padding])),
  ]);
  const lines = blob.toString("base64").replaceAll(/(.{70})(?=.)/g, "$1\n");
  return `${armour[0]}\n${lines}\n${armour[1]}\n`;
}

/** Whether a file holds a private key that a server can use without being asked for a pass phrase. */
export function isPrivateKey(text: string): boolean {
  if (/^-----BEGIN (RSA |EC |)PRIVATE KEY-----$/m.test(text)) return !text.includes("ENCRYPTED");
  const blob = opensshBlob(text);
  return blob?.subarray(magic.length, magic.length + 8).equals(string("none")) === true;
}

/** Reads an ed25519 key from OpenSSH's format; undefined for anything else. */
export function readEd25519(text: string): Ed25519Key | undefined {
  const blob = opensshBlob(text);
  if (blob === undefined) return undefined;
  const outer = fields(blob.subarray(magic.length));
  if (outer?.[0]?.toString("latin1") !== "none") return undefined;
  // Cipher, its key derivation and options, then how many keys there are.
  const rest = blob.subarray(magic.length + 8 + 8 + 4);
  if (rest.length < 4 || rest.readUInt32BE(0) !== 1) return undefined;
  const [, secret] = fields(rest.subarray(4)) ?? [];
  const [name, publicKey, pair] = fields(secret?.subarray(8) ?? Buffer.alloc(0)) ?? [];
  if (name?.toString("latin1") !== type || publicKey?.length !== 32 || pair?.length !== 64) return undefined;
  return { seed: pair.subarray(0, 32), publicKey };
}

/** The file of a host key as dropbear reads it. */
export function dropbearKey({ seed, publicKey }: Ed25519Key): Uint8Array {
  return Buffer.concat([string(type), string(Buffer.concat([seed, publicKey]))]);
}

/** "ssh-ed25519 AAAA… comment" */
export function publicLine(key: Ed25519Key, comment: string): string {
  return `${type} ${publicBlob(key).toString("base64")} ${comment}\n`;
}

function publicBlob({ publicKey }: Ed25519Key): Buffer {
  return Buffer.concat([string(type), string(publicKey)]);
}

function opensshBlob(text: string): Buffer | undefined {
  const [, inside] =
    /^-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([^-]*)-----END OPENSSH PRIVATE KEY-----/m.exec(text) ?? [];
  const blob = inside === undefined ? undefined : Buffer.from(inside, "base64");
  return blob?.toString("latin1", 0, magic.length) === magic ? blob : undefined;
}

/** As many length-prefixed strings as there are (RFC 4251, section 5); undefined when the first does not fit. */
function fields(bytes: Buffer): readonly Buffer[] | undefined {
  const found: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) break;
    found.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found.length === 0 ? undefined : found;
}

function string(value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
