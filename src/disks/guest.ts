import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { runTool } from "./tool.ts";

/** A small Linux that runs scripts on disks, with the programs of a Debian tree. */
export interface Guest {
  /** A Debian tree of this machine; it is mounted read-only. */
  readonly tree: string;
  /** A kernel that has, or has as modules in the tree, 9p over virtio and what the scripts need. */
  readonly kernel: { readonly version: string; readonly vmlinuz: string };
}

/** One script with its disks. */
export interface GuestJob {
  readonly file: string;
  /** Further disks. */
  readonly others?: readonly string[];
  /** Kernel modules beside those that are always loaded. */
  readonly modules?: readonly string[];
  readonly script: string;
  readonly files: string;
}

/** For each job its exit status, absent when the guest died before it, and all that the guest said. */
export interface GuestResult {
  readonly statuses: readonly (number | undefined)[];
  readonly log: string;
}

/** Boots the guest once for all jobs in a scratch directory that exists. Throws `CannotMake`. */
export async function runGuest(
  guest: Guest,
  jobs: readonly GuestJob[],
  busybox: string,
  scratch: string,
): Promise<GuestResult> {
  const asked = jobs.flatMap((job) => job.modules ?? []);
  const initrd = await packInitrd(guest, jobs.length, asked, busybox, scratch);
  for (const job of jobs) await writeFile(join(job.files, "script"), job.script, { mode: 0o600 });
  const log = join(scratch, "console");
  const shares = [["tree", guest.tree], ...jobs.map((job, index) => [`order${index}`, job.files])];
  await runTool("qemu-system-x86_64", [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-m", "512"],
    ...["-accel", "tcg,thread=single", "-cpu", "max", "-smp", "1"],
    ...["-kernel", guest.kernel.vmlinuz, "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1 no_timer_check"],
    ...["-serial", `file:${log.replaceAll(",", ",,")}`],
    ...shares.flatMap(([tag = "", path = ""]) => [
      ...["-fsdev", `local,id=${tag},path=${path.replaceAll(",", ",,")},security_model=none,readonly=on`],
      ...["-device", `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`],
    ]),
    ...jobs.flatMap((job, index) => disksOf(job).flatMap((file, nth) => diskWords(file, `order${index}.${nth}`))),
  ]);
  const said = await readFile(log, "utf8");
  const statuses = jobs.map((_, index) => {
    const status = new RegExp(`^unitrd-builder ${index} ([0-9]+)\\r?$`, "m").exec(said)?.[1];
    return status === undefined ? undefined : Number(status);
  });
  return { statuses, log: said };
}

/** How many devices of a guest a job takes; one of QEMU's has room for `guestRoom`. */
export function devicesOf(job: GuestJob): number {
  return 1 + disksOf(job).length;
}

export const guestRoom = 26;

function disksOf(job: GuestJob): readonly string[] {
  return [job.file, ...(job.others ?? [])];
}

function diskWords(file: string, name: string): readonly string[] {
  return [
    ...["-drive", `file=${file.replaceAll(",", ",,")},format=raw,if=none,id=${name},cache=unsafe`],
    ...["-device", `virtio-blk-pci,drive=${name},serial=${name}`],
  ];
}

/** What mounts the tree and makes things with it; checksums are asked for by name, so no dependency lists them. */
const modules = [
  ...["9pnet_virtio", "9p", "virtio_blk"],
  ...["crc32c_generic", "xxhash_generic", "sha256_generic", "blake2b_generic", "btrfs"],
  ...["crc32_generic", "f2fs"],
];

async function packInitrd(
  guest: Guest,
  jobs: number,
  asked: readonly string[],
  busybox: string,
  scratch: string,
): Promise<string> {
  const root = join(scratch, "initrd");
  await mkdir(join(root, "bin"), { recursive: true });
  await copyFile(busybox, join(root, "bin/busybox"));
  const directory = join(guest.tree, "usr/lib/modules", guest.kernel.version);
  const needed = loadOrder(await readFile(join(directory, "modules.dep"), "utf8"), [...modules, ...asked]);
  const names: string[] = [];
  for (const [index, path] of needed.entries()) {
    const name = `${String(index).padStart(2, "0")}-${basename(path)}`;
    await mkdir(join(root, "modules"), { recursive: true });
    await copyFile(join(directory, path), join(root, "modules", name));
    names.push(`modules/${name}`);
  }
  await writeFile(join(root, "init"), init(jobs), { mode: 0o755 });
  const list = ["bin", "bin/busybox", ...(names.length > 0 ? ["modules", ...names] : []), "init", ""].join("\n");
  const initrd = join(scratch, "initrd.cpio");
  await runTool(busybox, ["cpio", "-o", "-H", "newc", "-F", initrd], { cwd: root, input: list });
  return initrd;
}

/** The files of these modules after those they depend on, from modules.dep(5); what is built in has no line there. */
export function loadOrder(modulesDep: string, names: readonly string[]): readonly string[] {
  const order: string[] = [];
  const lines = modulesDep.split("\n").map((line) => line.split(/:? +|:$/).filter((word) => word !== ""));
  for (const name of names) {
    const line = lines.find(
      ([path]) =>
        path !== undefined &&
        basename(path)
          .replace(/\.ko.*$/, "")
          .replaceAll("-", "_") === name,
    );
    for (const path of [...(line ?? [])].reverse()) if (!order.includes(path)) order.push(path);
  }
  return order;
}

function init(jobs: number): string {
  return `#!/bin/busybox sh
# Runs the script of each order in the tree, with /run for what is written, and says how it ended.
/bin/busybox mkdir -p /usr/bin /proc /sys /dev /tree
/bin/busybox --install -s /usr/bin
export PATH=/usr/bin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in /modules/*; do
  case $module in
    *.xz) xzcat "$module" >"\${module%.xz}" && module=\${module%.xz} ;;
  esac
  insmod "$module"
done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 tree /tree || poweroff -f
mount -t tmpfs tmpfs /tree/run
mount --rbind /dev /tree/dev
mount --rbind /proc /tree/proc
mount --rbind /sys /tree/sys
mkdir -p /tree/run/order /tree/run/mnt /tree/run/bin
# The tree's own would be read through 9p each time they are called.
cp /bin/busybox /tree/run/bin/busybox
for applet in cat chmod chown cp ln mkdir mount sh umount; do ln -s busybox /tree/run/bin/$applet; done
job=0
while [ $job -lt ${jobs} ]; do
  mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 order$job /tree/run/order
  for disk in /sys/block/vd*; do
    serial=$(cat $disk/serial)
    case $serial in
      order$job.0) export DISK=/dev/\${disk##*/} ;;
      order$job.*) export DISK\${serial##*.}=/dev/\${disk##*/} ;;
    esac
  done
  PATH=/run/bin:/usr/sbin:/usr/bin chroot /tree /run/bin/sh /run/order/script </dev/null
  echo "unitrd-builder $job $?"
  umount /tree/run/order
  job=$((job + 1))
done
sync
poweroff -f
`;
}
