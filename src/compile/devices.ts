import type { Report } from "../diagnostics/diagnostic.ts";
import { singleNeeds, type Plan } from "../plan/plan.ts";
import type { Backends } from "../stage-one/backends.ts";
import type { ModuleClosure } from "../sysroot/module-closure.ts";

/** Names that the kernel gives to devices of one driver, and the module that is this driver. */
const drivers: readonly { readonly pattern: RegExp; readonly module: string; readonly hint?: string }[] = [
  { pattern: /^\/dev\/vd[a-z]/, module: "virtio_blk", hint: 'image.drivers = "virtio" brings it in' },
  {
    pattern: /^\/dev\/sd[a-z]/,
    module: "sd_mod",
    hint: "besides it, the driver of the disk's controller is needed, such as ahci",
  },
  { pattern: /^\/dev\/nvme\d/, module: "nvme" },
  {
    pattern: /^\/dev\/mmcblk\d/,
    module: "mmc_block",
    hint: "besides it, the driver of the card reader is needed, such as sdhci_pci",
  },
  { pattern: /^\/dev\/xvd[a-z]/, module: "xen_blkfront" },
];

/** Devices that only a step of a kind that this version does not have could make. */
const undeclarable: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /^\/dev\/dm-\d/, what: "the device mapper; its numbers are luck, so name the mapping" },
];

/** Reports U186 for a device of which it is plain that no driver of the image makes it. */
export function checkDevices(plan: Plan<Backends>, modules: ModuleClosure, report: Report): void {
  const included = new Set([...modules.modules, ...modules.builtin].map(({ name }) => name.replaceAll("-", "_")));
  for (const step of plan.steps) {
    for (const need of singleNeeds(step)) {
      if (need.of.is !== "device" || need.from !== "hardware") continue;
      const device = need.of.names[0];
      const other = undeclarable.find(({ pattern }) => pattern.test(device));
      if (other !== undefined) {
        report({
          code: "U186",
          severity: "error",
          message: `${device} is made by ${other.what}, which this version does not declare`,
          at: [need.origin],
        });
        continue;
      }
      const driver = drivers.find(({ pattern }) => pattern.test(device));
      if (driver === undefined || included.has(driver.module)) continue;
      report({
        code: "U186",
        severity: "error",
        message: `no driver in the image makes ${device}: its driver is ${driver.module}`,
        hint: [
          `add it: modules.available = ["${driver.module}"]`,
          ...(driver.hint === undefined ? [] : [driver.hint]),
        ].join("; "),
        at: [need.origin],
      });
    }
  }
}
