import { describe, expect, it } from "vitest";
import { readHost } from "./host.ts";
import { parseHostReport } from "./host-report.ts";
import { memoryTree, type MemoryFile } from "./memory-tree.ts";

const pci = "/devices/pci0000:00";
const link = (symlink: string): MemoryFile => ({ symlink });

/** A disk behind a bridge, a USB controller with a keyboard and a mouse, a screen. */
const sys: Readonly<Record<string, MemoryFile>> = {
  [`${pci}/0000:00:01.0/modalias`]: "pci:bridge\n",
  [`${pci}/0000:00:01.0/0000:01:00.0/modalias`]: "pci:nvme\n",
  [`${pci}/0000:00:01.0/0000:01:00.0/class`]: "0x010802\n",
  [`${pci}/0000:00:01.0/0000:01:00.0/driver`]: link("../../../../bus/pci/drivers/nvme"),
  [`${pci}/0000:00:01.0/0000:01:00.0/supplier:platform:clock`]: link("../../../virtual/devlink/one"),
  "/devices/virtual/devlink/one/supplier": link("../../../platform/clock"),
  "/devices/platform/clock/modalias": "of:clock\n",
  "/devices/platform/other/modalias": "of:other\n",
  "/bus/pci/drivers/nvme/module": link("../../../../module/nvme"),
  [`${pci}/0000:00:02.0/modalias`]: "pci:xhci\n",
  [`${pci}/0000:00:02.0/class`]: "0x0c0330\n",
  [`${pci}/0000:00:02.0/usb1/1-1/1-1:1.0/modalias`]: "usb:keyboard\n",
  [`${pci}/0000:00:02.0/usb1/1-1/1-1:1.0/input/input1/capabilities/key`]: "10000 7 ff800000 fffffffffffffffe\n",
  [`${pci}/0000:00:02.0/usb1/1-2/1-2:1.0/modalias`]: "usb:mouse\n",
  [`${pci}/0000:00:02.0/usb1/1-2/1-2:1.0/input/input2/capabilities/key`]: "1f0000 0 0 0 0\n",
  [`${pci}/0000:00:03.0/modalias`]: "pci:screen\n",
  [`${pci}/0000:00:03.0/class`]: "0x030000\n",
  "/class/block/nvme0n1": link("../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/nvme/nvme0/nvme0n1"),
  "/class/block/loop0": link("../../devices/virtual/block/loop0"),
  "/class/input/input1": link("../../devices/pci0000:00/0000:00:02.0/usb1/1-1/1-1:1.0/input/input1"),
  "/class/input/input2": link("../../devices/pci0000:00/0000:00:02.0/usb1/1-2/1-2:1.0/input/input2"),
  "/devices/system/cpu/modalias": "cpu:type:x86,ven0000fam0006mod008E:feature:,0000,\n",
};

describe("a machine's /sys", () => {
  const host = readHost(memoryTree(sys, "/sys"));
  const uses = Object.fromEntries<readonly string[]>(
    host.devices.map((device) => [device.modalias ?? "", device.uses]),
  );

  it("tells what each device is for, and what that device sits on and is supplied by", () => {
    expect(uses).toEqual({
      "pci:bridge": ["storage"],
      "pci:nvme": ["storage"],
      "of:clock": ["storage"],
      "pci:xhci": ["input", "usb"],
      "usb:keyboard": ["input"],
      "pci:screen": ["display"],
    });
  });

  it("tells the module that drives a device now, and the processor", () => {
    expect(host.devices.find(({ modalias }) => modalias === "pci:nvme")?.module).toBe("nvme");
    expect(host.cpu).toEqual({ vendor: 0, family: 6, model: 0x8e });
  });

  it("comes out of its report as it went in", () => {
    expect(parseHostReport(JSON.stringify(host))).toEqual(host);
  });
});

describe("a report that is none", () => {
  it.each([
    ["{", "it is no JSON"],
    ["7", "it is no such object"],
    ['{"unitrd-host":2,"devices":[]}', "unitrd-host is not what it says there"],
    ['{"unitrd-host":1,"devices":[{"path":"/a","module":"a b","uses":["usb"]}]}', "devices.0.module is not"],
    ['{"unitrd-host":1,"devices":[],"more":1}', "it is no such object"],
  ])("%s is refused", (text, says) => {
    expect(parseHostReport(text)).toContain(says);
  });
});
