import { expect, it } from "vitest";
import { compileText, plainRoot, syntheticKernel, syntheticSysroot } from "../testing/synthetic-sysroot.ts";

async function faults(compression: string, config?: string) {
  const sysroot = syntheticSysroot({ [`/boot/config-${syntheticKernel}`]: config });
  const { found } = await compileText(`[image]\ncompression = "${compression}"\n\n${plainRoot}`, { sysroot });
  return found.filter(({ code }) => code === "U189");
}

it("refuses a compression that the kernel cannot unpack, and names those that it can", async () => {
  const [said] = await faults("zstd", "CONFIG_BLK_DEV_INITRD=y\nCONFIG_RD_GZIP=y\n# CONFIG_RD_ZSTD is not set\n");
  expect(said).toMatchObject({ severity: "error", at: [{ line: 2 }] });
  expect(said?.message).toContain("CONFIG_RD_ZSTD is not set");
  expect(said?.hint).toBe("it unpacks gzip, none: image.compression");
});

it("has nothing to say of what the kernel unpacks, or of a kernel whose configuration is not there", async () => {
  const config = "CONFIG_BLK_DEV_INITRD=y\nCONFIG_RD_XZ=y\n";
  expect(await faults("xz", config)).toEqual([]);
  expect(await faults("none", config)).toEqual([]);
  expect(await faults("zstd")).toEqual([]);
});

it("refuses a kernel that takes no initrd at all", async () => {
  const [said] = await faults("none", "CONFIG_EXT4_FS=y\n");
  expect(said?.message).toContain("takes no initrd: CONFIG_BLK_DEV_INITRD is not set");
});
