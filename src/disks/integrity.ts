import { copyFile, rm } from "node:fs/promises";
import type { Integrity, Luks } from "../scenario/disks/layout.ts";
import { bytesInside } from "../scenario/disks/placement.ts";
import { emptyFile } from "./empty-file.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import type { MakeContent, Workshop } from "./workshop.ts";

/** Tags are made by the kernel, so the builder guest copies the content through it. */
export async function makeIntegrity(
  integrity: Integrity,
  spot: Spot,
  shop: Workshop,
  makeInner: MakeContent,
): Promise<void> {
  const algorithm = `--integrity ${integrity.algorithm}`;
  await throughGuest(
    integrity,
    spot,
    shop,
    makeInner,
    [],
    ["dm_integrity", "crc32c_generic", "sha256_generic"],
    [
      `integritysetup format -q ${algorithm} "$DISK"`,
      `integritysetup open ${algorithm} "$DISK" "$MADE"`,
      copyPlain,
      'integritysetup close "$MADE"',
    ],
  );
}

/** The same for encryption with authentication: the first key is the file `key`. */
export async function makeAuthenticated(
  luks: Luks & { readonly integrity: string },
  options: readonly string[],
  key: string,
  spot: Spot,
  shop: Workshop,
  makeInner: MakeContent,
): Promise<void> {
  await throughGuest(
    luks,
    spot,
    shop,
    makeInner,
    [key],
    ["dm_crypt", "dm_integrity", "authenc", "hmac", "sha256_generic", "aes_generic", "xts", "essiv", "algif_skcipher"],
    [
      `cryptsetup luksFormat -q --integrity ${luks.integrity} ${options.join(" ")} --key-file /run/order/0 "$DISK"`,
      'cryptsetup open --key-file /run/order/0 "$DISK" "$MADE"',
      copyPlain,
      'cryptsetup close "$MADE"',
    ],
  );
}

const copyPlain = 'dd if=/run/order/plain of="/dev/mapper/$MADE" bs=1M conv=fsync status=none';

async function throughGuest(
  container: Integrity | Luks,
  spot: Spot,
  shop: Workshop,
  makeInner: MakeContent,
  keys: readonly string[],
  modules: readonly string[],
  commands: readonly string[],
): Promise<void> {
  const place = `${spot.place}-${container.type}`;
  await inScratch(shop.scratch(`${place}-order`), async (files) => {
    const plain = `${files}/plain`;
    await makeInner(container.content, { file: plain, bytes: bytesInside(container, spot.bytes), place }, shop);
    for (const [index, key] of keys.entries()) await copyFile(key, `${files}/${index}`);
    await rm(spot.file, { force: true });
    await emptyFile(spot);
    // No udev runs there that would make the names of mappings; several orders share the guest.
    const script = ["set -e", "export DM_DISABLE_UDEV=1", "MADE=made-${DISK##*/}", ...commands, ""].join("\n");
    await shop.builder.build({ file: spot.file, modules, script, files });
  });
}
