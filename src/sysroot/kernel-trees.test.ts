import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { decompressModules } from "../host/decompress-modules.ts";
import { directoryTree } from "../host/directory-tree.ts";
import { kernelFiles } from "./kernel-files.ts";
import { kernels, openKernel } from "./kernel.ts";
import type { Kernel } from "./kernel.ts";
import { moduleFiles } from "./module-bytes.ts";
import type { ModuleFile } from "./module-bytes.ts";
import { moduleClosure } from "./module-closure.ts";
import { readIndex } from "./module-index.ts";
import { moduleInfo } from "./module-info.ts";
import { normalizeName } from "./module-name.ts";
import { firmwareFiles, moduleFirmware } from "./firmware.ts";
import { ruleFacts } from "./udev-rules.ts";

const suites = [
  { suite: "bookworm", variable: "UNITRD_TREE_BOOKWORM" },
  { suite: "trixie", variable: "UNITRD_TREE_TRIXIE" },
] as const;

const names =
  "ext4 xfs btrfs vfat dm_crypt aesni_intel xts virtio_pci virtio_blk virtio_net raid1 nvme e1000e tg3 zram";
const depmod = ["/usr/sbin/depmod", "/sbin/depmod"].find((path) => existsSync(path));
const modprobe = ["/usr/sbin/modprobe", "/sbin/modprobe"].find((path) => existsSync(path));

for (const { suite, variable } of suites) {
  const root = process.env[variable];
  describe.skipIf(root === undefined)(`the kernels of the ${suite} tree (${variable})`, () => {
    const tree = directoryTree(root ?? "/");
    afterAll(() => tree.close());
    const version = kernels(tree).find((one) => !one.includes("cloud")) ?? "";
    const kernel = openKernel(tree, version, fail);

    it("has a generic and a cloud kernel, each with image and configuration", () => {
      expect(kernels(tree)).toHaveLength(2);
      for (const one of kernels(tree)) {
        const opened = openKernel(tree, one, fail);
        expect(opened?.image()).toBe(`/boot/vmlinuz-${one}`);
        expect(opened?.config()?.get("CONFIG_BLK_DEV_INITRD")).toBe("y");
      }
    });

    it("includes every crc32c that ext4's softdep asks for by alias", () => {
      const closure = moduleClosure(must(kernel), [{ name: "ext4", why: [] }], fail);
      const found = closure.modules.map(({ name }) => name);
      expect(found).toEqual(expect.arrayContaining(["ext4", "jbd2", "mbcache", "crc16", "crc32c_generic"]));
      expect(found).toContain("crc32c_intel");
    });

    it("finds for every alias what modprobe finds", ({ skip }) => {
      if (modprobe === undefined) return skip("this machine has no modprobe");
      for (const alias of [
        "crypto-crc32c",
        "crypto-sha256",
        "fs-btrfs",
        "virtio:d00000002v00001AF4",
        "pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00",
        "pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00",
        "usb:v0781p5581d0100dc00dsc00dp00ic08isc06ip50in00",
      ]) {
        const closure = moduleClosure(must(kernel), [{ name: alias, optional: true, why: [] }], fail);
        const wanted = closure.modules.filter(({ why }) => why.some((chain) => chain.at(-1)?.what.includes("alias ")));
        expect(wanted.map(({ name }) => name).sort()).toEqual(resolved(modprobe, root ?? "", version, alias, closure));
      }
    });

    it("indexes the modules of an image as depmod would", { timeout: 60_000 }, async ({ skip }) => {
      if (depmod === undefined) return skip("this machine has no depmod");
      const files = await take(must(kernel));
      const [ours, theirs] = [mkdtempSync(join(tmpdir(), "unitrd-")), mkdtempSync(join(tmpdir(), "unitrd-"))];
      try {
        stage(must(kernel), files, ours, () => true);
        stage(must(kernel), files, theirs, (name) => !made.test(name));
        execFileSync(depmod, ["--basedir", theirs, version], { stdio: "ignore" });
        const file = (base: string, name: string): Buffer => readFileSync(join(base, "lib/modules", version, name));

        for (const name of ["alias", "builtin", "builtin.alias", "symbols"]) {
          expect(file(ours, `modules.${name}.bin`).equals(file(theirs, `modules.${name}.bin`)), name).toBe(true);
        }
        // In which order independent modules come is depmod's choice, and depends on what else it looks at.
        expect(dependencies(file(ours, "modules.dep.bin"))).toEqual(dependencies(file(theirs, "modules.dep.bin")));
        for (const name of ["alias", "softdep", "devname"]) {
          expect(file(ours, `modules.${name}`).toString(), name).toBe(file(theirs, `modules.${name}`).toString());
        }
        if (modprobe === undefined) return;
        for (const name of ["ext4", "btrfs", "dm-crypt", "crypto-crc32c", "virtio_net"]) {
          const shown = [ours, theirs].map((base) => shownDependencies(modprobe, base, version, name));
          expect(shown[0]).toEqual(shown[1]);
          expect(shown[0]).not.toEqual([]);
        }
      } finally {
        rmSync(ours, { recursive: true });
        rmSync(theirs, { recursive: true });
      }
    });

    it("unpacks modules to whole ELF files with their signature", async () => {
      for (const file of await take(must(kernel))) {
        expect(Buffer.from(file.readAt(0, 4)).toString("latin1"), file.path).toBe("\x7fELF");
        expect(file.readAt(0, file.size).length).toBe(file.size);
        expect(moduleInfo(file), file.path).toBeDefined();
      }
    });

    it("knows the parameters and the firmware that modules name", async () => {
      const files = await take(must(kernel));
      const info = (name: string) => files.filter(({ module }) => module.name === name).map(moduleInfo)[0];
      expect(info("nvme")?.parameters).toContain("poll_queues");
      expect(info("tg3")?.firmware).toContain("tigon/tg3.bin");
      const { missing } = await firmwareFiles(must(kernel), moduleFirmware(files), decompressModules, fail);
      expect(missing).toContain("tigon/tg3.bin");
    });

    it("has rules that udev can read, and knows what they call", () => {
      const wanted = tree.list("/usr/lib/udev/rules.d").map((name) => ({ name }));
      const facts = new Map(ruleFacts(tree, wanted, fail).map((file) => [file.name, file]));
      expect(facts.get("50-udev-default.rules")?.groups).toEqual(expect.arrayContaining(["disk", "kvm", "tty"]));
      const programs = facts.get("69-lvm.rules")?.programs.map(({ path }) => path.replace(/^\/usr/, ""));
      expect(new Set(programs)).toEqual(new Set(["/sbin/lvm", "/bin/systemd-run"]));
      expect(facts.get("64-md-raid-assembly.rules")?.units).toEqual(["mdadm-last-resort@.timer"]);
      expect(facts.get("60-persistent-storage.rules")?.programs.every(({ found }) => found)).toBe(true);
    });
  });
}

const made = /^modules\.(?!order$|builtin$|builtin\.modinfo$)/;

function fail(diagnostic: Diagnostic): void {
  throw new Error(`${diagnostic.code} ${diagnostic.message}`);
}

function must(kernel: Kernel | undefined): Kernel {
  if (kernel === undefined) throw new Error("no kernel");
  return kernel;
}

async function take(kernel: Kernel): Promise<readonly ModuleFile[]> {
  const wants = names.split(" ").map((name) => ({ name, why: [] }));
  return moduleFiles(kernel, moduleClosure(kernel, wants, fail).modules, decompressModules, fail);
}

/** Writes what the image will hold below `base`, where modprobe and depmod look: in /lib. */
function stage(kernel: Kernel, files: readonly ModuleFile[], base: string, wanted: (name: string) => boolean): void {
  for (const entry of kernelFiles(kernel, files, [])) {
    const name = entry.path.slice(entry.path.lastIndexOf("/") + 1);
    if (entry.type !== "file" || !wanted(name)) continue;
    const path = join(base, entry.path.replace(/^\/usr/, ""));
    mkdirSync(dirname(path), { recursive: true });
    const { content } = entry;
    const bytes = content.is === "bytes" ? content.bytes : kernel.tree.readAt(content.path, 0, content.size);
    writeFileSync(path, bytes);
  }
}

function dependencies(bytes: Uint8Array): readonly (readonly [string, readonly unknown[]])[] {
  const read = readIndex(bytes);
  if (read.is === "broken") throw new Error(read.what);
  return [...read.entries].map(([key, values]) => [
    key,
    values.map(({ priority, value }) => [priority, value.split(" ")[0], value.split(" ").slice(1).sort()]),
  ]);
}

function shownDependencies(program: string, base: string, version: string, name: string): readonly string[] {
  const args = ["-d", base, "-S", version, "-C", "/dev/null", "--show-depends", name];
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    .trim()
    .split("\n")
    .map((line) => line.replace(base, "").trim())
    .sort();
}

/** What `modprobe --resolve-alias` says, less what is built in. */
function resolved(
  program: string,
  base: string,
  version: string,
  alias: string,
  closure: { readonly builtin: readonly { readonly name: string }[] },
): readonly string[] {
  const args = ["-d", base, "-S", version, "-C", "/dev/null", "-R", alias];
  const builtin = new Set(closure.builtin.map(({ name }) => name));
  // It fails where all that matches is built in.
  return spawnSync(program, args, { encoding: "utf8" })
    .stdout.split("\n")
    .map(normalizeName)
    .filter((name) => name !== "" && !builtin.has(name))
    .sort();
}
