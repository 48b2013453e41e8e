import type { Report } from "../diagnostics/diagnostic.ts";
import { compressions, type Compression } from "../image/compression.ts";
import type { Kernel } from "../sysroot/kernel.ts";
import type { Declaration } from "./declaration.ts";

/** Reports U189 when the kernel's configuration is known, and is of a kernel that cannot unpack the image. */
export function checkCompression(declaration: Declaration, kernel: Kernel, report: Report): void {
  const config = kernel.config();
  if (config === undefined) return;
  const at = [declaration.originOf("image", "compression")];
  const { compression } = declaration.value.image;
  const unpacks = compressions.filter((one) => one === "none" || config.get(options[one]) === "y");
  const option = compression === "none" || unpacks.includes(compression) ? support : options[compression];
  if (config.get(option) === "y") return;
  report({
    code: "U189",
    severity: "error",
    message:
      option === support
        ? `the kernel ${kernel.version} takes no initrd: ${support} is not set`
        : `the kernel ${kernel.version} cannot unpack an image compressed with ${compression}: ${option} is not set`,
    hint: option === support ? "another kernel is needed" : `it unpacks ${unpacks.join(", ")}: image.compression`,
    at,
  });
}

/** Of usr/Kconfig and init/Kconfig in the kernel's source. */
const support = "CONFIG_BLK_DEV_INITRD";
const options = {
  zstd: "CONFIG_RD_ZSTD",
  gzip: "CONFIG_RD_GZIP",
  xz: "CONFIG_RD_XZ",
  lz4: "CONFIG_RD_LZ4",
} as const satisfies Record<Exclude<Compression, "none">, string>;
