import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { compile, type Compiled } from "../compile/compile.ts";
import { findings, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { opensshKey } from "../features/ssh/host-key.ts";
import type { Entry } from "../image/manifest.ts";
import { baseTakes } from "../stage-one/systemd/base.ts";
import { memoryTree, type MemoryFile } from "../sysroot/memory-tree.ts";
import { tinyElf } from "../sysroot/tiny-elf.ts";
import type { Tree } from "../sysroot/tree.ts";

/** The kernel release of a synthetic sysroot. */
export const syntheticKernel = "6.1.0-test";

/**
 * A sysroot in memory that looks like Debian's to the compiler: a merged /usr, systemd 257 with the units, rules and
 * programs that a stage one asks for (each an ELF file without code), and a kernel whose modules depend on nothing.
 */
export function syntheticSysroot(more: Readonly<Record<string, MemoryFile | undefined>> = {}): Tree {
  const files: Record<string, MemoryFile | undefined> = {
    "/bin": { symlink: "usr/bin" },
    "/sbin": { symlink: "usr/sbin" },
    "/lib": { symlink: "usr/lib" },
    "/usr/lib/os-release": "ID=test\nVERSION_ID=1\n",
    "/etc/os-release": { symlink: "../usr/lib/os-release" },
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n",
    "/etc/group": "root:x:0:\ntty:x:5:\ndisk:x:6:\nkvm:x:104:\nnogroup:x:65534:\ntss:x:101:\n",
    "/usr/lib/systemd/libsystemd-shared-257.so": tinyElf({ soname: "libsystemd-shared-257.so" }),
    ...programFiles(),
    ...Object.fromEntries(units.map((name) => [`/usr/lib/systemd/system/${name}`, unitFile(name)])),
    ...Object.fromEntries(rules.map((name) => [`/usr/lib/udev/rules.d/${name}`, 'SUBSYSTEM=="block", GROUP="disk"\n'])),
    ...kernelFiles(),
    ...more,
  };
  const planted = Object.entries(files).filter((entry): entry is [string, MemoryFile] => entry[1] !== undefined);
  return memoryTree(Object.fromEntries(planted), "/sysroot");
}

const syntheticHostKey = opensshKey({ seed: new Uint8Array(32), publicKey: new Uint8Array(32).fill(7) }, "a test");

/** What a compilation in a test came to. */
export interface SyntheticCompilation {
  readonly compiled: Compiled | undefined;
  readonly found: readonly Diagnostic[];
}

/** Compiles the text of a declaration against a synthetic sysroot; `beside` are the files next to the declaration. */
export async function compileText(
  toml: string,
  options: {
    readonly sysroot?: Tree;
    readonly beside?: Readonly<Record<string, MemoryFile>>;
    /** /sys of the machine on which the image is built. */
    readonly machine?: Readonly<Record<string, MemoryFile>>;
  } = {},
): Promise<SyntheticCompilation> {
  const { report, all } = findings();
  const beside = memoryTree(options.beside ?? {}, "/declaration");
  const compiled = await compile(
    [{ name: "machine.toml", bytes: Buffer.from(toml) }],
    {
      sysroot: options.sysroot ?? syntheticSysroot(),
      treeBeside: () => beside,
      machine: () => memoryTree(options.machine ?? {}, "/sys"),
      template: (path) => readFileSync(new URL(`../../templates/${path}`, import.meta.url), "utf8"),
      runCommand: (_file, command) =>
        command[0] === "missing"
          ? { ok: false, because: "cannot be run: there is no program missing" }
          : { ok: true, bytes: Buffer.from(command.slice(1).join(" ")) },
      hostKey: () => ({ bytes: Buffer.from(syntheticHostKey), isNew: false, publicLine: "" }),
      gunzip: (bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : undefined),
    },
    () => Promise.reject(new Error("no module of a synthetic sysroot is compressed")),
    report,
  );
  return { compiled, found: all };
}

/** The manifest's entry at a path. */
export function entryAt(compiled: Compiled | undefined, path: string): Entry | undefined {
  return compiled?.manifest.entries.find((entry) => entry.path === path);
}

/** The text of a file that the declaration made; undefined where there is none. */
export function textAt(compiled: Compiled | undefined, path: string): string | undefined {
  const entry = entryAt(compiled, path);
  if (entry?.type !== "file" || entry.content.is !== "bytes") return undefined;
  return Buffer.from(entry.content.bytes).toString("utf8");
}

/** `[filesystems."/"]` of a disk that every synthetic sysroot has a driver for, for declarations about something else. */
export const plainRoot = '[filesystems."/"]\ndevice = "UUID=0f3c0f3c-0000-4000-8000-000000000001"\ntype = "ext4"\n';

const programs = [
  "/usr/lib/systemd/systemd-cryptsetup",
  "/usr/lib/systemd/systemd-fsck",
  "/usr/lib/systemd/systemd-integritysetup",
  "/usr/lib/systemd/systemd-veritysetup",
  "/usr/lib/systemd/systemd-modules-load",
  "/usr/lib/systemd/systemd-network-generator",
  "/usr/lib/systemd/systemd-networkd",
  "/usr/lib/systemd/systemd-networkd-wait-online",
  "/usr/lib/systemd/systemd-reply-password",
  "/usr/lib/systemd/systemd-sulogin-shell",
  "/usr/lib/systemd/systemd-volatile-root",
  "/usr/lib/systemd/system-generators/systemd-debug-generator",
  ...[
    "bash",
    "busybox",
    "cp",
    "dd",
    "loadkeys",
    "mkdir",
    "od",
    "readlink",
    "setfont",
    "rm",
    "shred",
    "sleep",
    "stat",
    "stty",
    "ip",
    "systemd-ask-password",
    "systemd-creds",
    "test",
    "systemd-tmpfiles",
    "systemd-tty-ask-password-agent",
  ].map((name) => `/usr/bin/${name}`),
  ...[
    "cryptsetup",
    "dropbear",
    "sshd",
    "dmsetup",
    "integritysetup",
    "iscsistart",
    "mount.nfs",
    "nbd-client",
    "veritysetup",
    "fsck",
    "fsck.ext2",
    "fsck.ext3",
    "fsck.ext4",
    "fsck.vfat",
    "lvm",
    "mdadm",
    "modprobe",
    "sulogin",
  ].map((name) => `/usr/sbin/${name}`),
];

function programFiles(): Record<string, MemoryFile> {
  const base = baseTakes().flatMap((one) => (one.is === "program" && one.optional !== true ? [one.name] : []));
  const paths = [...base.map((name) => (name.startsWith("/") ? name : `/usr/bin/${name}`)), ...programs];
  return {
    ...Object.fromEntries(paths.map((path) => [path, tinyElf()])),
    "/usr/bin/sh": { symlink: "bash" },
  };
}

const units = [
  ...baseTakes().flatMap((one) => (one.is === "unit" && one.optional !== true ? [one.name] : [])),
  "blockdev@.target",
  "cryptsetup-pre.target",
  "cryptsetup.target",
  "debug-shell.service",
  "network-pre.target",
  "modprobe@.service",
  "network.target",
  "systemd-network-generator.service",
  "systemd-networkd.service",
  ...["integritysetup", "veritysetup"].flatMap((name) => [`${name}-pre.target`, `${name}.target`]),
  "systemd-ask-password-console.path",
  "systemd-ask-password-console.service",
  "systemd-sysctl.service",
];

function unitFile(name: string): string {
  const service = name === "systemd-sysctl.service" ? "\n[Service]\nExecStart=/usr/bin/kmod\n" : "";
  return `[Unit]\nDescription=${name}\n${service}`;
}

const rules = [
  "50-udev-default.rules",
  "55-dm.rules",
  "56-lvm.rules",
  "60-persistent-storage-dm.rules",
  "60-persistent-storage.rules",
  "63-md-raid-arrays.rules",
  "64-btrfs.rules",
  "75-net-description.rules",
  "80-net-setup-link.rules",
  "80-drivers.rules",
  "95-dm-notify.rules",
  "99-systemd.rules",
];

const modules = [
  "9p",
  "9pnet_virtio",
  "loop",
  "overlay",
  "squashfs",
  "virtiofs",
  "8021q",
  "bcachefs",
  "bonding",
  "bridge",
  "btrfs",
  // Algorithms, under the names that their aliases have.
  ...["authenc", "crc32c", "hmac", "serpent", "sha256", "sha512", "xts"].map((name) => `crypto_${name}`),
  "dm_crypt",
  "dm_integrity",
  "dm_mod",
  "dummy",
  "dm_raid",
  "dm_thin_pool",
  "dm_verity",
  "ext4",
  "iscsi_tcp",
  "kvm_amd",
  "md_mod",
  "nbd",
  "nfs",
  "nouveau",
  "nvme",
  "raid0",
  "raid1",
  "sd_mod",
  "vfat",
  "virtio_blk",
  "virtio_gpu",
  "wireguard",
  "xfs",
  "zfs",
];

function kernelFiles(): Record<string, MemoryFile> {
  const base = `/usr/lib/modules/${syntheticKernel}`;
  return {
    ...Object.fromEntries(modules.map((name) => [`${base}/kernel/${name}.ko`, tinyElf()])),
    [`${base}/modules.dep`]: modules.map((name) => `kernel/${name}.ko:\n`).join(""),
    [`${base}/modules.order`]: "",
    [`${base}/modules.builtin`]: "",
    [`/boot/vmlinuz-${syntheticKernel}`]: "MZ",
  };
}
