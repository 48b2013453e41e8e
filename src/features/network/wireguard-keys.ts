import type { Requirement } from "../../plan/requirement.ts";
import type { Input } from "../feature.ts";
import type { DeclaredLink } from "./declared.ts";
import { keyName } from "./networkd-files.ts";

/** A key of WireGuard, as the file that the image has of it. */
export interface SecretKey {
  /** As `keyName` says. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** Reads the keys of a link. Reports U884 for a file that holds no key; undefined when one cannot be used. */
export function secretKeys(link: string, { wireguard }: DeclaredLink, input: Input): readonly SecretKey[] | undefined {
  if (wireguard === undefined) return [];
  const files = [
    { file: wireguard["private-key-file"], at: ["private-key-file"], name: keyName(link) },
    ...wireguard.peers.flatMap((peer, index) =>
      peer["preshared-key-file"] === undefined
        ? []
        : [
            {
              file: peer["preshared-key-file"],
              at: ["peers", index, "preshared-key-file"],
              name: keyName(link, index),
            },
          ],
    ),
  ];
  const keys = files.map(({ file, at, name }): SecretKey | undefined => {
    const origin = input.originOf("links", link, "wireguard", ...at);
    const bytes = input.readFile(file, origin);
    if (bytes === undefined) return undefined;
    const text = new TextDecoder().decode(bytes).trim();
    if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return { name, path: `/etc/unitrd/wireguard/${name}`, text };
    input.report({
      code: "U884",
      severity: "error",
      message: `${file} holds no key of WireGuard`,
      hint: "a key has 44 characters; `wg genkey` makes one",
      at: [origin],
    });
    return undefined;
  });
  const found = keys.filter((key) => key !== undefined);
  return found.length === keys.length ? found : undefined;
}

/** The keys as secrets of the image, and how networkd, which is not root, gets to read them. */
export function keyTakes(link: string, keys: readonly SecretKey[]): readonly Requirement[] {
  if (keys.length === 0) return [];
  return [
    ...keyFiles(keys),
    {
      is: "file",
      path: `/etc/systemd/system/systemd-networkd.service.d/50-unitrd-${link}.conf`,
      mode: 0o644,
      content: `# networkd is not root, and the keys are root's.\n[Service]\n${keys
        .map(({ name, path }) => `LoadCredential=${name}:${path}\n`)
        .join("")}`,
      why: `keys of ${link}`,
    },
  ];
}

function keyFiles(keys: readonly SecretKey[]): readonly Requirement[] {
  return keys.map(({ path, text, name }): Requirement => ({
    is: "file",
    path,
    mode: 0o600,
    content: `${text}\n`,
    secret: true,
    why: `the key ${name}`,
  }));
}
