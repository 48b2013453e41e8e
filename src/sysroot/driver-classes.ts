import type { Kernel } from "./kernel.ts";
import type { Dependencies } from "./module-dependencies.ts";

/** Kinds of drivers that can be asked for as a whole. */
export const driverClassNames = ["storage", "bus", "input", "crypto", "filesystems", "network", "display"] as const;
export type DriverClass = (typeof driverClassNames)[number];

/** What boots any machine from its own disks, and lets a person type a pass phrase. */
export const genericClasses: readonly DriverClass[] = ["storage", "bus", "input", "crypto", "filesystems"];

interface Members {
  /** Beginnings of paths below the kernel's `kernel/`. */
  readonly below: readonly string[];
  readonly except?: readonly string[];
  /** Modules that export the symbols by which a driver of this kind registers, wherever it lies. */
  readonly needing?: readonly string[];
}

const members: Readonly<Record<DriverClass, Members>> = {
  storage: {
    below: [
      "drivers/ata/",
      "drivers/block/",
      "drivers/cdrom/",
      "drivers/dax/",
      "drivers/firewire/",
      "drivers/md/",
      "drivers/memstick/",
      "drivers/message/fusion/",
      "drivers/misc/cardreader/",
      "drivers/mmc/",
      "drivers/nvdimm/",
      "drivers/nvme/common/",
      "drivers/nvme/host/",
      "drivers/s390/block/",
      "drivers/s390/scsi/",
      "drivers/scsi/",
      "drivers/ufs/",
      "drivers/usb/storage/",
    ],
    except: [
      // Over the network, or of clusters.
      "drivers/block/aoe/",
      "drivers/block/drbd/",
      "drivers/block/null_blk",
      "drivers/block/rnbd/",
      "drivers/firewire/firewire-net",
      "drivers/md/md-cluster",
      "drivers/scsi/csiostor/",
      "drivers/scsi/fcoe/",
      "drivers/scsi/scsi_debug",
    ],
    needing: ["libata", "sdhci", "usb_storage", "ufshcd_core"],
  },
  bus: {
    below: [
      "drivers/bus/",
      "drivers/clk/",
      "drivers/dma/",
      "drivers/extcon/",
      "drivers/firmware/",
      "drivers/gpio/",
      "drivers/hv/",
      "drivers/i2c/",
      "drivers/interconnect/",
      "drivers/iommu/",
      "drivers/mailbox/",
      "drivers/mfd/",
      "drivers/nvmem/",
      "drivers/pci/",
      "drivers/pcmcia/",
      "drivers/phy/",
      "drivers/pinctrl/",
      "drivers/regulator/",
      "drivers/reset/",
      "drivers/soc/",
      "drivers/spi/",
      "drivers/thunderbolt/",
      "drivers/usb/chipidea/",
      "drivers/usb/common/",
      "drivers/usb/core/",
      "drivers/usb/dwc2/",
      "drivers/usb/dwc3/",
      "drivers/usb/host/",
      "drivers/usb/musb/",
      "drivers/usb/phy/",
      "drivers/usb/roles/",
      "drivers/usb/typec/",
      "drivers/virtio/",
      "drivers/xen/",
    ],
    // Sound, modems, accelerators, and adapters that no keyboard and no disk hangs on.
    except: [
      "drivers/bus/mhi/",
      "drivers/dma/idxd/",
      "drivers/dma/ioat/",
      "drivers/i2c/busses/i2c-ali",
      "drivers/i2c/busses/i2c-amd756",
      "drivers/i2c/busses/i2c-amd8111",
      "drivers/i2c/busses/i2c-cp2615",
      "drivers/i2c/busses/i2c-diolan",
      "drivers/i2c/busses/i2c-nforce2",
      "drivers/i2c/busses/i2c-nvidia-gpu",
      "drivers/i2c/busses/i2c-pci1xxxx",
      "drivers/i2c/busses/i2c-robotfuzz",
      "drivers/i2c/busses/i2c-sis",
      "drivers/i2c/busses/i2c-taos",
      "drivers/i2c/busses/i2c-tiny-usb",
      "drivers/i2c/busses/i2c-via",
      "drivers/mfd/arizona",
      "drivers/mfd/cs42",
      "drivers/mfd/madera",
      "drivers/mfd/wm8",
      "drivers/xen/xen-pciback",
      "drivers/xen/xen-scsiback",
    ],
  },
  input: {
    below: [
      "drivers/hid/",
      "drivers/input/keyboard/",
      "drivers/input/serio/",
      "drivers/platform/chrome/cros_ec",
      "drivers/platform/surface/aggregator/",
      "drivers/platform/surface/surface_aggregator_registry",
      "drivers/platform/surface/surface_hotplug",
    ],
    // Sensors, game pads and drawing tablets.
    except: [
      "drivers/hid/amd-sfh-hid/",
      "drivers/hid/hid-cp2112",
      "drivers/hid/hid-ft260",
      "drivers/hid/hid-led",
      "drivers/hid/hid-mcp2221",
      "drivers/hid/hid-nintendo",
      "drivers/hid/hid-picolcd",
      "drivers/hid/hid-playstation",
      "drivers/hid/hid-prodikeys",
      "drivers/hid/hid-roccat-k",
      "drivers/hid/hid-sensor",
      "drivers/hid/hid-sony",
      "drivers/hid/hid-steam",
      "drivers/hid/hid-uclogic",
      "drivers/hid/hid-udraw",
      "drivers/hid/hid-wiimote",
      "drivers/hid/wacom",
      "drivers/platform/chrome/cros_ec_chardev",
      "drivers/platform/chrome/cros_ec_debugfs",
      "drivers/platform/chrome/cros_ec_lightbar",
      "drivers/platform/chrome/cros_ec_sensorhub",
      "drivers/platform/chrome/cros_ec_sysfs",
    ],
  },
  crypto: { below: ["arch/arm64/crypto/", "arch/x86/crypto/", "crypto/", "lib/crypto/"], except: ["crypto/tcrypt"] },
  filesystems: {
    below: ["fs/"],
    // Of clusters and servers, and of raw flash memory, which has no block device.
    except: [
      "fs/binfmt_misc",
      "fs/cachefiles/",
      "fs/dlm/",
      "fs/gfs2/",
      "fs/jffs2/",
      "fs/nfsd/",
      "fs/ocfs2/",
      "fs/orangefs/",
      "fs/smb/server/",
      "fs/ubifs/",
    ],
  },
  network: {
    below: [
      "drivers/net/ethernet/",
      "drivers/net/fjes/",
      "drivers/net/hyperv/",
      "drivers/net/mdio/",
      "drivers/net/pcs/",
      "drivers/net/phy/",
      "drivers/net/usb/",
      "drivers/net/virtio_net",
      "drivers/net/vmxnet3/",
      "drivers/net/xen-netfront",
    ],
  },
  display: { below: ["drivers/gpu/drm/", "drivers/video/fbdev/"] },
};

/** They try the kernel itself. */
const tests = /(?:^|[-_/])(?:k?unit|k?tests?|selftest)(?:[-_/.]|$)|kunit/;

/**
 * Names of a kernel's drivers of a class, in the order of `modules.dep`: by where they lie in the source of the kernel,
 * and by which module's symbols they use. What needs a part of the kernel that no initrd uses counts as none: disks and
 * file systems over the network, targets, screens and sound that a driver of another kind also knows.
 */
export function driversOf(kernel: Pick<Kernel, "dependencies">, wanted: DriverClass): readonly string[] {
  const dependencies = kernel.dependencies();
  const { below, except = [], needing = [] } = members[wanted];
  return [...dependencies.modules.values()].flatMap((module) => {
    const path = sourcePath(module.path);
    if (tests.test(path) || except.some((one) => path.startsWith(one))) return [];
    const belongs =
      below.some((one) => path.startsWith(one)) ||
      (needing.length > 0 && path.startsWith("drivers/") && module.needs.some((need) => needing.includes(need)));
    return belongs && !module.needs.some((need) => isForeign(need, wanted, dependencies)) ? [module.name] : [];
  });
}

/** Without `kernel/` before it; modules built outside of the kernel's source (`updates/`, `extra/`) keep theirs. */
function sourcePath(path: string): string {
  return path.replace(/^kernel\//, "");
}

function isForeign(name: string, wanted: DriverClass, { modules }: Dependencies): boolean {
  const path = sourcePath(modules.get(name)?.path ?? "");
  if (wanted === "network") return false;
  if (/^(?:net\/(?!9p\/)|drivers\/net\/|drivers\/infiniband\/)/.test(path)) return true;
  return wanted !== "display" && /^(?:drivers\/(?:gpu|media|target)|sound)\//.test(path);
}
