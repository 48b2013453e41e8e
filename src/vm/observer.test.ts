import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memoryTree } from "../sysroot/memory-tree.ts";
import { portDrivers } from "./drivers.ts";
import { observedEvents, observerLayer } from "./observer.ts";

const house = new URL("../../", import.meta.url);
const script = readFileSync(new URL("templates/observer/observe", house), "utf8");
const unit = (event: string) => readFileSync(new URL(`units/observer/unitrd-observer-${event}.service`, house), "utf8");
const layer = observerLayer({
  busybox: Uint8Array.of(1),
  script,
  units: { "hand-over": unit("hand-over"), emergency: unit("emergency") },
  drivers: [Uint8Array.of(2), Uint8Array.of(3)],
});
const at = (path: string) => layer.entries.find((entry) => entry.path === path);

describe("observerLayer", () => {
  it("holds nothing but its own files, and directories as every image has them", () => {
    const foreign = layer.entries.filter(({ path }) => !path.includes("unitrd-observer"));
    expect(foreign.every((entry) => entry.type === "directory" && entry.mode === 0o755 && entry.uid === 0)).toBe(true);
    for (const { path } of layer.entries) {
      const parent = path.slice(0, path.lastIndexOf("/"));
      expect(parent === "" || at(parent)?.type === "directory").toBe(true);
    }
  });

  it("is started by the targets that end an initrd", () => {
    for (const [event, target] of [
      ["hand-over", "initrd-switch-root.target"],
      ["emergency", "emergency.target"],
    ] as const) {
      const name = `unitrd-observer-${event}.service`;
      expect(at(`/usr/lib/systemd/system/${target}.wants/${name}`)).toMatchObject({ target: `../${name}` });
      expect(unit(event)).toContain(`observe ${event}\n`);
    }
    expect(observedEvents).toHaveLength(2);
  });

  it("has every program the script starts by name that is none of the shell's own", () => {
    for (const name of ["cat", "gzip", "insmod", "mkfifo", "pidof", "sleep", "stat", "stty", "tar", "uname", "sh"]) {
      expect(at(`/usr/lib/unitrd-observer/bin/${name}`)).toMatchObject({ type: "symlink", target: "busybox" });
    }
  });
});

describe("portDrivers", () => {
  const modules = "/usr/lib/modules/6.1";

  it("puts what a driver needs before it, each once", () => {
    const tree = memoryTree({
      [`${modules}/modules.dep`]: [
        "kernel/virtio_console.ko: kernel/virtio.ko kernel/virtio_ring.ko",
        "kernel/virtio_pci.ko: kernel/modern.ko kernel/virtio.ko kernel/virtio_ring.ko",
        "kernel/not_virtio_pci.ko: kernel/evil.ko",
      ].join("\n"),
    });
    expect(portDrivers(tree, modules)).toEqual(
      ["virtio_ring", "virtio", "modern", "virtio_pci", "virtio_console"].map((name) => `${modules}/kernel/${name}.ko`),
    );
  });

  it("needs none where they are built in", () => {
    expect(portDrivers(memoryTree({}), modules)).toEqual([]);
  });

  it("follows no path that leaves the modules", () => {
    const tree = memoryTree({ [`${modules}/modules.dep`]: "kernel/virtio_pci.ko: ../../../etc/shadow /etc/shadow" });
    expect(portDrivers(tree, modules)).toEqual([`${modules}/kernel/virtio_pci.ko`]);
  });
});
