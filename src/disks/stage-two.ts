import type { Staged } from "./staged-file.ts";

/** What the reporting root is made of; read once per run. */
export interface Reporting {
  /** A static busybox on this machine. */
  readonly busybox: string;
  /** Names of its applets, as `busybox --list` prints them. */
  readonly applets: readonly string[];
  /** The text of templates/disks/stage-two-init. */
  readonly init: string;
}

/** A root file system whose /sbin/init reports what it finds over virtio-serial and powers off. */
export function stageTwoFiles(reporting: Reporting): readonly Staged[] {
  const applets = reporting.applets.filter((name) => name !== "busybox" && name !== "init");
  return [
    ...directories.map((path): Staged => ({ ...root, path, type: "directory", mode: 0o755 })),
    { ...root, path: "/tmp", type: "directory", mode: 0o1777 },
    { ...root, path: "/root", type: "directory", mode: 0o700 },
    { ...root, path: "/bin/busybox", type: "file", mode: 0o755, content: { copyOf: reporting.busybox } },
    ...applets.map((name): Staged => ({ ...root, path: `/bin/${name}`, type: "symlink", target: "busybox" })),
    { ...root, path: "/sbin/init", type: "file", mode: 0o755, content: { text: reporting.init } },
    text("/etc/os-release", "ID=unitrd-stage-two\nNAME='unitrd stage two'\nPRETTY_NAME='unitrd stage two'\n"),
    text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
    text("/etc/group", "root:x:0:\n"),
  ];
}

/** The same as the content of a /usr, for a root that is empty but for the links to it. */
export function stageTwoUsrFiles(reporting: Reporting): readonly Staged[] {
  return stageTwoFiles(reporting).flatMap((file): readonly Staged[] => {
    if (/^\/s?bin(\/|$)/.test(file.path)) return [file];
    return file.path === "/etc/os-release" ? [{ ...file, path: "/lib/os-release" }] : [];
  });
}

const root = { uid: 0, gid: 0 };

/** /usr is empty, so that a file system can be mounted there; nothing this root needs lies below it. */
const directories = [
  "/bin",
  "/boot",
  "/dev",
  "/etc",
  "/home",
  "/mnt",
  "/proc",
  "/run",
  "/sbin",
  "/sys",
  "/usr",
  "/var",
];

function text(path: string, content: string): Staged {
  return { ...root, path, type: "file", mode: 0o644, content: { text: content } };
}
