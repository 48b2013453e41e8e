import { describe, expect, it } from "vitest";
import { memoryTree } from "./memory-tree.ts";
import { systemdVersion } from "./systemd-version.ts";

const systemd = "/usr/lib/systemd/systemd";

describe("systemdVersion", () => {
  it.each([
    ["/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so", 252],
    ["/usr/lib/systemd/libsystemd-shared-257.so", 257],
    ["/usr/lib/systemd/libsystemd-core-257.4-3.fc42.so", 257],
    ["/usr/lib64/systemd/libsystemd-shared-258~rc1.so", 258],
  ])("is told by %s", (library, version) => {
    expect(systemdVersion(memoryTree({ [systemd]: "", [library]: "" }))).toBe(version);
  });

  it("is told by the program itself when it is linked statically", () => {
    expect(
      systemdVersion(memoryTree({ [systemd]: "\x7fELF\0systemd 256.7-1~deb13 running in %ssystem mode (%s)\0" })),
    ).toBe(256);
  });

  it("is found through the link of a tree whose /lib is not merged", () => {
    const tree = memoryTree({ "/lib/systemd/systemd": "", "/lib/systemd/libsystemd-shared-252.so": "" });
    expect(systemdVersion(tree)).toBe(252);
  });

  it("is undefined without systemd, though its library may be there for others", () => {
    expect(systemdVersion(memoryTree({}))).toBeUndefined();
    expect(systemdVersion(memoryTree({ "/usr/lib/systemd/libsystemd-shared-252.so": "" }))).toBeUndefined();
    expect(systemdVersion(memoryTree({ [systemd]: "no version" }))).toBeUndefined();
  });
});
