import type { Requirement } from "../../plan/requirement.ts";
import type { DeclaredLuks } from "./declared.ts";

/** Modules of the kernel that an encrypted device takes. */
export function luksModules(declared: DeclaredLuks): readonly Requirement[] {
  return [
    { is: "module", name: "dm_mod", why: "device mapper" },
    { is: "module", name: "dm_crypt", why: "encryption" },
    ...(declared.cipher === undefined ? usual : ofCipher(declared.cipher)),
    ...(declared.integrity === undefined ? [] : ofIntegrity(declared.integrity)),
  ];
}

/** The cipher is known only to the disk; these are the ones that cryptsetup has ever made by default. */
const usual: readonly Requirement[] = [
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
].map((name) => ({ is: "module", name, optional: true, why: "ciphers of LUKS" }));

/** `serpent-xts-plain64`: the kernel finds each part by an alias (Documentation/crypto/api-intro.rst). */
function ofCipher(cipher: string): readonly Requirement[] {
  const why = `the cipher ${cipher}`;
  const names = cipher.split(/[^a-z0-9]+/).filter((name) => name !== "" && name !== "capi" && !vectors.has(name));
  return [
    ...names.map((name): Requirement => ({ is: "module", name: `crypto-${name}`, why })),
    // A mode may be made of another: xts of ecb, adiantum of nhpoly1305 and chacha.
    ...["ecb", "nhpoly1305", "chacha20", "af_alg", "algif_skcipher", "crypto_simd", "cryptd"].map(
      (name): Requirement => ({
        is: "module",
        name: name.includes("_") ? name : `crypto-${name}`,
        optional: true,
        why,
      }),
    ),
  ];
}

/** Ways to make initialization vectors, which dm-crypt knows itself. */
const vectors: ReadonlySet<string> = new Set([
  "plain",
  "plain64",
  "plain64be",
  "benbi",
  "null",
  "lmk",
  "tcw",
  "random",
  "eboiv",
  "elephant",
]);

/** dm-integrity keeps the tags, and an algorithm for authenticated encryption makes them of cipher and hash. */
function ofIntegrity(kind: NonNullable<DeclaredLuks["integrity"]>): readonly Requirement[] {
  const why = `authenticated encryption (${kind})`;
  const algorithms: Readonly<Record<typeof kind, readonly string[]>> = {
    "hmac-sha1": ["authenc", "hmac", "sha1"],
    "hmac-sha256": ["authenc", "hmac", "sha256"],
    "hmac-sha512": ["authenc", "hmac", "sha512"],
    poly1305: ["rfc7539", "chacha20", "poly1305"],
    aead: ["gcm", "ghash", "ctr", "ccm", "aegis128"],
    none: [],
  };
  return [
    { is: "module", name: "dm_integrity", why },
    ...algorithms[kind].map((name): Requirement => ({
      is: "module",
      name: `crypto-${name}`,
      optional: kind === "aead",
      why,
    })),
  ];
}
