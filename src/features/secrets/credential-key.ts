/** What an encrypted credential of systemd-creds(1) was encrypted with. */
export type CredentialKey = "host" | "tpm2" | "none";

/**
 * Reads from the head of an encrypted credential what opens it; undefined when the bytes are none. The file is Base64,
 * and begins with an ID of 16 bytes that tells the kind of key (src/shared/creds-util.h of systemd). What takes the key
 * of the host together with a TPM counts as `host`: that key lies on the root.
 */
export function credentialKey(bytes: Uint8Array): CredentialKey | undefined {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 4096)).replaceAll(/\s/g, "");
  if (!/^[A-Za-z0-9+/]{44,}/.test(text)) return undefined;
  return keys[Buffer.from(text.slice(0, 24), "base64").subarray(0, 16).toString("hex")];
}

const keys: Readonly<Record<string, CredentialKey>> = {
  "5a1c6a86df9d4096b1d5a65e0862f19a": "host",
  "55b9ed1d38594d43a8319d2ebb332ac6": "host",
  "93a894094874449090caf2fc93cab553": "host",
  ef4ac13679a9480ea7db68897f9f165d: "host",
  af4950a849134eb1a73846304ff30c05: "host",
  adbc4ca3efb64201ba881b6f2e4095ea: "host",
  "0c7cc07b117645919c4b0bea08bc20fe": "tpm2",
  faf7eb9341e3412ca1a436f95a29362f: "tpm2",
  "058469daf6f54324800549da0f8ea2fb": "none",
};
