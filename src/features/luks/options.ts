/** Options of crypttab(5) that reach systemd-cryptsetup as they are written. */
const flags: ReadonlySet<string> = new Set([
  "discard",
  "luks",
  "no-read-workqueue",
  "no-write-workqueue",
  "read-only",
  "readonly",
  "same-cpu-crypt",
  "submit-from-crypt-cpus",
  "verify",
  "keyfile-erase",
]);
const settings: ReadonlySet<string> = new Set([
  "timeout",
  "key-slot",
  "keyfile-offset",
  "keyfile-size",
  "keyfile-timeout",
  "password-echo",
  "sector-size",
]);

/** Options that the declaration says in a key of its own, or that another part of it decides. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["header", "declare `header` or `header-device`"],
  ["tries", "declare `tries`"],
  ["try-empty-password", 'declare `unlock = ["empty-passphrase", …]`'],
  ["cipher", "declare `cipher`"],
  ["nofail", "declare `nofail`"],
  ["x-systemd.device-timeout", "declare `device-timeout`"],
  ["headless", 'declare `unlock = ["key-file"]`'],
  ["noauto", "leave the table out"],
  ["_netdev", "this version has no network in the initrd"],
  ["x-initrd.attach", "every declared device is attached in the initrd"],
]);

/** What is wrong with an option of crypttab(5), as a sentence, or nothing. */
export function optionComplaint(option: string): string | undefined {
  const name = option.split("=")[0] ?? "";
  const key = elsewhere.get(name);
  if (key !== undefined) return `\`${name}\` is not written here: ${key}`;
  if (/[,\s\p{Cc}]/u.test(option)) return "one option of crypttab(5) to an element, without commas and spaces";
  if (flags.has(option)) return undefined;
  if (settings.has(name) && /^[^=]+=[^=]+$/.test(option)) return undefined;
  if (settings.has(name)) return `\`${name}\` takes a value: "${name}=…"`;
  return `\`${option}\` is not an option of crypttab(5) that this version knows: ${[...flags, ...[...settings].map((one) => `${one}=`)].join(", ")}`;
}
