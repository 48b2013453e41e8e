import type { Taken } from "../../plan/requirement.ts";
import { driverClassNames, genericClasses, type DriverClass } from "../../sysroot/driver-classes.ts";
import type { HostUse } from "../../sysroot/host-report.ts";
import type { Input } from "../feature.ts";
import { hostReport } from "./host.ts";

/** Kinds of drivers that can be listed; `host:…` are those of the machine itself. */
export const driverWords = ["virtio", "host", "host:display", "host:network", ...driverClassNames] as const;
type DriverWord = (typeof driverWords)[number];

/** What `image.drivers` asks for. */
export function driverTakes(
  drivers: "declared" | "virtio" | "host" | "generic" | readonly DriverWord[],
  host: string | undefined,
  input: Input,
): readonly Taken[] {
  if (drivers === "declared") return [];
  const words: readonly DriverWord[] =
    drivers === "generic" ? [...genericClasses, "virtio"] : typeof drivers === "string" ? [drivers] : drivers;
  const machine = words.filter((word) => word.startsWith("host"));
  return [
    ...words.flatMap((word) => takesOf(word, input)),
    ...(machine.length === 0 ? [] : hostTakes(machine, host, input)),
  ];
}

function takesOf(word: DriverWord, input: Input): readonly Taken[] {
  if (word === "virtio") return virtioModules.map((name) => moduleTake(name, "drivers of virtual machines", input));
  if (!isClass(word)) return [];
  const why = `${word} drivers of the kernel`;
  return [{ requirement: { is: "driver-class", name: word, why }, why: whyOf(why, input) }];
}

function isClass(word: DriverWord): word is DriverClass {
  return driverClassNames.some((name) => name === word);
}

/** By the names with which devices call for a driver, as another kernel may have another for them; and by the bound one. */
function hostTakes(words: readonly DriverWord[], host: string | undefined, input: Input): readonly Taken[] {
  const found = hostReport(host, input);
  if (found === undefined) return [];
  const uses = new Set(words.flatMap((word): readonly HostUse[] => usesOf[word] ?? []));
  const wanted = found.devices.filter((device) => device.uses.some((use) => uses.has(use)));
  if (words.includes("host") && !wanted.some((device) => device.uses.includes("storage"))) {
    input.report({
      code: "U864",
      severity: "warning",
      message: 'drivers = "host": the machine has no disk that is known by its devices',
      hint: "in a container or a sandbox /sys shows little: run `unitrd host > host.json` on the machine itself, and name it with image.host",
      at: [input.originOf("drivers")],
    });
  }
  return [
    ...wanted.flatMap(({ path, modalias, module }) =>
      [modalias, module].flatMap((name) => (name === undefined ? [] : [moduleTake(name, `device ${path}`, input)])),
    ),
    // A keyboard or disk that is plugged in only when somebody stands before the machine.
    ...(wanted.some((device) => device.uses.includes("usb")) ? pluggable : []).map((name) =>
      moduleTake(name, "what is plugged into USB", input),
    ),
  ];
}

const usesOf: Readonly<Partial<Record<DriverWord, readonly HostUse[]>>> = {
  host: ["storage", "input", "usb"],
  "host:display": ["display"],
  "host:network": ["network"],
};

const pluggable = ["usbhid", "hid_generic", "usb_storage", "uas", "sd_mod"];

/** Optional each: a kernel may have it built in, or know nothing of a device. */
function moduleTake(name: string, why: string, input: Input): Taken {
  return { requirement: { is: "module", name, optional: true, why }, why: whyOf(why, input) };
}

function whyOf(why: string, input: Input) {
  const origin = input.originOf("drivers");
  return [{ what: origin.path, origin }, { what: why }];
}

const virtioModules = [
  "virtio_pci",
  "virtio_mmio",
  "virtio_blk",
  "virtio_scsi",
  "sd_mod",
  "virtio_console",
  "virtio_input",
];
