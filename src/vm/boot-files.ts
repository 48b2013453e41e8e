import { constants } from "node:fs";
import { copyFile, open, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Report } from "../diagnostics/diagnostic.ts";
import { decompress } from "../host/decompression.ts";
import { messageOf } from "../host/failure.ts";
import { pack } from "../image/pack.ts";
import { readElf } from "../sysroot/elf.ts";
import { memoryTree } from "../sysroot/memory-tree.ts";
import type { Tree } from "../sysroot/tree.ts";
import { portDrivers } from "./drivers.ts";
import type { Disk } from "./disk.ts";
import type { Credential } from "./machine.ts";
import { observerLayer, readObserver } from "./observer.ts";

export interface BootFilesWanted {
  readonly initrd: string;
  readonly kernel: string;
  readonly modules?: { readonly tree: Tree; readonly directory: string };
  readonly house: { readonly templates: string; readonly units: string };
  readonly disks?: readonly Disk[];
  readonly credentials?: readonly GivenCredential[];
  readonly handed?: Readonly<Record<string, string>>;
}

export interface GivenCredential {
  readonly name: string;
  readonly value: string;
  /** Default `smbios`. */
  readonly by?: "smbios" | "fw-cfg";
}

/** What QEMU is given: absolute paths. */
export interface BootFiles {
  readonly kernel: string;
  /** The image with the observer behind it. */
  readonly initrd: string;
  readonly disks: readonly Disk[];
  readonly credentials: readonly Credential[];
}

/** Makes the files of a boot in `directory`. Reports what cannot be read (U604) and a busybox that is not static (U603). */
export async function bootFiles(
  directory: string,
  wanted: BootFilesWanted,
  busybox: string,
  report: Report,
): Promise<BootFiles | undefined> {
  const kernel = resolve(wanted.kernel);
  const disks = (wanted.disks ?? []).map((disk) => ({ ...disk, file: resolve(disk.file) }));
  const readable = [kernel, resolve(wanted.initrd), ...disks.map(({ file }) => file)];
  const found = await Promise.all(readable.map((path) => isReadable(path, report)));
  if (found.includes(false)) return undefined;

  const observer = await observerArchive(wanted, busybox, report);
  if (observer === undefined) return undefined;
  const initrd = join(directory, "initrd");
  await append(resolve(wanted.initrd), observer, initrd);
  return { kernel, initrd, disks, credentials: await credentialFiles(directory, wanted.credentials ?? []) };
}

async function isReadable(path: string, report: Report): Promise<boolean> {
  try {
    const handle = await open(path, constants.O_RDONLY);
    await handle.close();
    if (!(await stat(path)).isDirectory()) return true;
    report(unreadable(path, "it is a directory"));
  } catch (error) {
    report(unreadable(path, messageOf(error)));
  }
  return false;
}

function unreadable(path: string, because: string) {
  return { code: "U604", severity: "error", message: `${path} cannot be booted: ${because}`, at: [] } as const;
}

/** The kernel takes an archive behind others at any multiple of 4 (buffer-format.rst), and skips NULs on the way. */
async function append(image: string, archive: AsyncIterable<Uint8Array>, to: string): Promise<void> {
  await copyFile(image, to, constants.COPYFILE_FICLONE);
  const handle = await open(to, "a", 0o600);
  try {
    await handle.chmod(0o600);
    const { size } = await handle.stat();
    await handle.write(new Uint8Array((4 - (size % 4)) % 4));
    for await (const piece of archive) await handle.write(piece);
  } finally {
    await handle.close();
  }
}

async function observerArchive(wanted: BootFilesWanted, busybox: string, report: Report) {
  const program = await readFile(busybox);
  const reading = readElf(memoryTree({ "/busybox": program }), "/busybox");
  if (reading.is !== "elf" || reading.elf.interpreter !== undefined || reading.elf.needed.length > 0) {
    report({
      code: "U603",
      severity: "error",
      message: `${busybox} is not a static program`,
      hint: "on Debian: apt install busybox-static; or name another with --busybox",
      at: [],
    });
    return undefined;
  }
  const unit = (event: string) =>
    readFile(join(wanted.house.units, "observer", `unitrd-observer-${event}.service`), "utf8");
  const layer = observerLayer({
    busybox: program,
    script: await readFile(join(wanted.house.templates, "observer", "observe"), "utf8"),
    units: { "hand-over": await unit("hand-over"), emergency: await unit("emergency") },
    drivers: await drivers(wanted.modules),
    handed: wanted.handed ?? {},
  });
  return pack(layer, readObserver);
}

async function drivers(modules: BootFilesWanted["modules"]): Promise<readonly Uint8Array[]> {
  if (modules === undefined) return [];
  const { tree, directory } = modules;
  return Promise.all(
    portDrivers(tree, directory).map(async (path) => {
      const bytes = tree.readAt(path, 0, tree.lstat(path)?.size ?? 0);
      const { bytes: unpacked } = await decompress(compressionOf(path), bytes, largestDriver);
      return unpacked;
    }),
  );
}

const largestDriver = 64 * 1024 ** 2;

function compressionOf(path: string) {
  if (path.endsWith(".xz")) return "xz";
  if (path.endsWith(".zst")) return "zstd";
  return path.endsWith(".gz") ? "gzip" : "none";
}

function credentialFiles(directory: string, credentials: readonly GivenCredential[]): Promise<readonly Credential[]> {
  return Promise.all(
    credentials.map(async ({ name, value, by = "smbios" }, index) => {
      const file = join(directory, `credential${index}`);
      // An SMBIOS string is one line of text; other bytes are written as systemd.system-credentials(7) says.
      const isText = /^[ -~]*$/.test(value);
      const smbios = isText
        ? `io.systemd.credential:${name}=${value}`
        : `io.systemd.credential.binary:${name}=${Buffer.from(value).toString("base64")}`;
      await writeFile(file, by === "smbios" ? smbios : value, { mode: 0o600 });
      return { name, by, file } as const;
    }),
  );
}
