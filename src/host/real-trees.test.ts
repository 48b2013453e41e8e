import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { afterAll, describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { byteOrder } from "../sysroot/byte-order.ts";
import { closeOver } from "../sysroot/closure.ts";
import { treeMachine } from "../sysroot/machine.ts";
import { osRelease } from "../sysroot/os-release.ts";
import { findProgram } from "../sysroot/programs.ts";
import { resolve } from "../sysroot/resolve.ts";
import { systemdVersion } from "../sysroot/systemd-version.ts";
import { accounts } from "../sysroot/users.ts";
import { directoryTree } from "./directory-tree.ts";

const suites = [
  { suite: "bookworm", variable: "UNITRD_TREE_BOOKWORM", systemd: 252, release: "12" },
  { suite: "trixie", variable: "UNITRD_TREE_TRIXIE", systemd: 257, release: "13" },
] as const;

/** For tests that other findings than theirs are no matter of. */
const ignored = (): undefined => undefined;

const programs = [
  ..."systemd udevadm systemd-cryptsetup lvm systemctl systemd-journald kmod mount umount systemd-modules-load".split(
    " ",
  ),
  ..."systemd-shutdown sulogin systemd-tmpfiles systemd-fstab-generator systemd-ask-password dmsetup mdadm btrfs".split(
    " ",
  ),
  ..."fsck fsck.ext4 fsck.btrfs xfs_repair ip bash sh systemd-run systemd-networkd busybox cryptsetup blkid".split(" "),
];

for (const { suite, variable, systemd, release } of suites) {
  const root = process.env[variable];
  describe.skipIf(root === undefined)(`the ${suite} tree (${variable})`, () => {
    const tree = directoryTree(root ?? "/");
    afterAll(() => tree.close());
    const why = [{ what: "a test" }];

    /** A program is loaded by nothing that runs: the machine's own loader maps the tree's libraries and lists them. */
    const listed = (path: string): readonly string[] => {
      const libraries = `${root}/usr/lib/x86_64-linux-gnu`;
      const search = [libraries, `${libraries}/systemd`].join(":");
      const list = ["--inhibit-cache", "--library-path", search, "--list", `${root}${path}`];
      const text = execFileSync("/lib64/ld-linux-x86-64.so.2", list, { encoding: "utf8" });
      const paths = [...text.matchAll(/=> (\S+) \(/g)].map(([, file]) => realpathSync(file ?? ""));
      return paths.map((file) => file.slice(realpathSync(root ?? "/").length));
    };

    it("says what it is", () => {
      expect(systemdVersion(tree)).toBe(systemd);
      expect(osRelease(tree)).toMatchObject({ id: "debian", versionId: release });
      expect(treeMachine(tree)?.name).toBe("x86_64");
    });

    it.each(programs.filter((name) => !["sh", "busybox", "fsck.btrfs"].includes(name)))(
      "has for %s the libraries that ld.so itself finds",
      (name) => {
        const found = findProgram(tree, name);
        if (!found.found) throw new Error(`${name} is not in the tree`);
        const { report, all } = findings();
        const set = closeOver(tree, [{ path: found.path, why }], { dlopen: () => false }, report);
        const loader = resolve(tree, "/lib64/ld-linux-x86-64.so.2");
        const expected = new Set(listed(found.resolution.path));
        expected.add(found.resolution.path);
        if (loader.found) expected.add(loader.path);
        // glibc opens it later, so ld.so does not know.
        const ours = [...set.files.keys()].filter((path) => expected.has(path) || !path.endsWith("/libgcc_s.so.1"));
        expect(ours).toEqual([...expected].sort(byteOrder));
        expect(all).toEqual([]);
      },
    );

    it("takes libgcc_s.so.1 for btrfs, which ends threads", () => {
      const set = closeOver(tree, [{ path: "/usr/bin/btrfs", why }], {}, ignored);
      expect([...set.files.keys()]).toContain("/usr/lib/x86_64-linux-gnu/libgcc_s.so.1");
    });

    it("takes what systemd opens by its notes", () => {
      const set = closeOver(tree, [{ path: "/usr/bin/udevadm", why }], {}, ignored);
      const kmod = [...set.files].find(([path]) => path.includes("/libkmod.so.2"));
      expect(kmod?.[1].why[0]?.map(({ what }) => what).at(-1)).toBe(
        suite === "trixie"
          ? "libsystemd-shared-257.so opens libkmod.so.2 for kmod"
          : "/usr/bin/udevadm needs libkmod.so.2",
      );
    });

    it("closes over thirty programs within a moment", () => {
      const start = performance.now();
      const fresh = directoryTree(root ?? "/");
      const { report, all } = findings();
      const roots = programs.map((name) => {
        const found = findProgram(fresh, name);
        return { path: found.found ? found.path : name, why };
      });
      const set = closeOver(fresh, roots, {}, report);
      fresh.close();
      expect(all).toEqual([]);
      expect(set.files.size).toBeGreaterThan(60);
      // Measured: 45 ms in a fresh process; the limit is for a machine that does much else.
      expect(performance.now() - start).toBeLessThan(1000);
    });

    it("knows the accounts that udev's rules name", () => {
      const groups = ["tty", "disk", "kmem", "input", "video", "audio", "lp", "cdrom", "tape", "kvm", "render", "sgx"];
      const { report, all } = findings();
      const named = (name: string) => ({ name, why });
      const made = accounts(tree, { users: [named("systemd-network")], groups: groups.map(named) }, report);
      expect(all).toEqual([]);
      expect(made.group).toContain("disk:x:6:\n");
      expect(made.group.split("\n").length).toBeGreaterThan(groups.length);
    });
  });
}
