import { describe, expect, it } from "vitest";
import { machineOf, treeMachine } from "./machine.ts";
import { memoryTree } from "./memory-tree.ts";
import { tinyElf } from "./tiny-elf.ts";

describe("treeMachine", () => {
  it("is told by the first program that is an ELF file", () => {
    const tree = memoryTree({
      "/usr/lib/systemd/systemd": "#!/bin/sh",
      "/usr/bin/udevadm": { symlink: "/usr/bin/real" },
      "/usr/bin/real": tinyElf({ machine: 183 }),
    });
    expect(treeMachine(tree)?.name).toBe("aarch64");
  });

  it("is undefined for a tree without programs, and for a machine we do not know", () => {
    expect(treeMachine(memoryTree({}))).toBeUndefined();
    expect(treeMachine(memoryTree({ "/usr/bin/kmod": tinyElf({ machine: 9999 }) }))).toBeUndefined();
  });
});

describe("machineOf", () => {
  it("tells the two byte orders of one processor apart", () => {
    expect(machineOf({ bits: 64, endian: "little", machine: 21 })?.name).toBe("ppc64le");
    expect(machineOf({ bits: 64, endian: "big", machine: 21 })).toBeUndefined();
  });
});
