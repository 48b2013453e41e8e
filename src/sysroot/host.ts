import { byteOrder } from "./byte-order.ts";
import { hostUses, type HostCpu, type HostDevice, type HostReport, type HostUse } from "./host-report.ts";
import type { Tree } from "./tree.ts";

/**
 * Reads a machine's /sys (`tree` is its root) as data: every device that has to do with disks, keyboards, USB, screens
 * or the network, and all that it sits on, with the names by which a kernel finds the drivers
 * (Documentation/admin-guide/sysfs-rules.rst). Nothing is run and nothing is opened but small text files.
 */
export function readHost(tree: Tree): HostReport {
  const devices = new Map<string, Found>();
  walk(tree, "/devices", devices);
  const uses = new Map<string, Set<HostUse>>();
  const mark = (path: string, use: HostUse): void => {
    for (let at = path; at.length > "/devices".length; at = at.slice(0, at.lastIndexOf("/"))) {
      const known = uses.get(at) ?? new Set();
      if (known.has(use)) return;
      uses.set(at, known.add(use));
      for (const supplier of devices.get(at)?.suppliers ?? []) mark(supplier, use);
    }
  };
  for (const [use, classes] of classesOf) {
    for (const one of classes) {
      for (const path of members(tree, one)) if (use !== "input" || isKeyboard(tree, path)) mark(path, use);
    }
  }
  for (const [path, { pciClass }] of devices) {
    const use = pciUses.find(([pattern]) => pattern.test(pciClass ?? ""))?.[1];
    if (use !== undefined) mark(path, use);
  }
  const found = cpuOf(text(tree, "/devices/system/cpu/modalias") ?? "");
  return {
    "unitrd-host": 1,
    ...(found === undefined ? {} : { cpu: found }),
    devices: [...devices].sort(([a], [b]) => byteOrder(a, b)).flatMap(([path, one]) => deviceOf(path, one, uses)),
  };
}

interface Found {
  readonly modalias?: string;
  readonly module?: string;
  readonly pciClass?: string;
  readonly suppliers: readonly string[];
}

function deviceOf(path: string, found: Found, uses: ReadonlyMap<string, ReadonlySet<HostUse>>): readonly HostDevice[] {
  const { modalias, module } = found;
  const own = uses.get(path);
  if (own === undefined || (modalias === undefined && module === undefined)) return [];
  return [
    {
      path,
      ...(modalias === undefined ? {} : { modalias }),
      ...(module === undefined ? {} : { module }),
      uses: hostUses.filter((use) => own.has(use)),
    },
  ];
}

/** Classes of /sys/class whose members show what a device is for; nvme disks of several paths lie below no device. */
const classesOf: readonly (readonly [HostUse, readonly string[]])[] = [
  ["storage", ["block", "nvme", "scsi_host", "mmc_host"]],
  ["input", ["input"]],
  ["display", ["drm", "graphics"]],
  ["network", ["net"]],
];

/** PCI Code and ID Assignment Specification, class codes: they count also while nothing is plugged in. */
const pciUses: readonly (readonly [RegExp, HostUse])[] = [
  [/^0x01/, "storage"],
  [/^0x02/, "network"],
  [/^0x03/, "display"],
  [/^0x0c03/, "usb"],
];

/** Deeper than any bus; a tree that is none ends here. */
const deepest = 40;
const uninteresting: ReadonlySet<string> = new Set(["power", "statistics", "queue", "msi_irqs", "trace", "integrity"]);

function walk(tree: Tree, directory: string, devices: Map<string, Found>, depth = 0): void {
  const names = tree.list(directory);
  if (names.includes("modalias") || names.includes("driver")) devices.set(directory, look(tree, directory, names));
  if (depth === deepest) return;
  for (const name of names) {
    if (uninteresting.has(name) || (depth === 0 && (name === "virtual" || name === "system"))) continue;
    const path = `${directory}/${name}`;
    if (tree.lstat(path)?.type === "directory") walk(tree, path, devices, depth + 1);
  }
}

function look(tree: Tree, path: string, names: readonly string[]): Found {
  const modalias = names.includes("modalias") ? text(tree, `${path}/modalias`) : undefined;
  const driver = names.includes("driver") ? target(tree, `${path}/driver`) : undefined;
  const module = driver === undefined ? undefined : target(tree, `${driver}/module`);
  const pciClass = names.includes("class") ? text(tree, `${path}/class`) : undefined;
  return {
    ...(modalias === undefined || modalias === "" ? {} : { modalias }),
    ...(module === undefined ? {} : { module: module.slice(module.lastIndexOf("/") + 1) }),
    ...(pciClass === undefined ? {} : { pciClass }),
    suppliers: names
      .filter((name) => name.startsWith("supplier:"))
      .flatMap((name) => {
        const link = target(tree, `${path}/${name}`);
        const supplier = link === undefined ? undefined : target(tree, `${link}/supplier`);
        return supplier === undefined ? [] : [supplier];
      }),
  };
}

/** The devices of a class, without those that the kernel makes up. */
function members(tree: Tree, name: string): readonly string[] {
  return tree.list(`/class/${name}`).flatMap((member) => {
    const path = target(tree, `/class/${name}/${member}`);
    return path?.startsWith("/devices/") !== true || path.startsWith("/devices/virtual/") ? [] : [path];
  });
}

/** Whether it has the key A (30 of input-event-codes.h): a mouse opens no disk. */
function isKeyboard(tree: Tree, path: string): boolean {
  const keys = text(tree, `${path}/capabilities/key`)?.split(" ").at(-1) ?? "";
  return /^[0-9a-f]{1,16}$/.test(keys) && ((BigInt(`0x${keys}`) >> 30n) & 1n) === 1n;
}

/** Of `cpu:type:x86,ven0000fam0006mod008E:feature:…`. */
function cpuOf(modalias: string): HostCpu | undefined {
  const [, vendor, family, model] =
    /^cpu:type:x86,ven([0-9A-F]{4})fam([0-9A-F]{4})mod([0-9A-F]{4})/.exec(modalias) ?? [];
  if (vendor === undefined || family === undefined || model === undefined) return undefined;
  return {
    vendor: Number.parseInt(vendor, 16),
    family: Number.parseInt(family, 16),
    model: Number.parseInt(model, 16),
  };
}

function text(tree: Tree, path: string): string | undefined {
  if (tree.lstat(path)?.type !== "file") return undefined;
  const bytes = tree.readAt(path, 0, 65_536);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1").trimEnd();
}

/** Where a link leads, by its text alone: /sys links are relative and lead past no other link. */
function target(tree: Tree, path: string): string | undefined {
  if (tree.lstat(path)?.type !== "symlink") return undefined;
  const parts = path.split("/").slice(1, -1);
  for (const part of tree.readlink(path).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
