import type { Requirement } from "../../plan/requirement.ts";
import { messageTakes } from "./message.ts";

/** What every systemd stage one has, whatever is declared (measured on 252 and 257; docs/design.md says how). */
export function baseTakes(): readonly Requirement[] {
  return [
    ...programs.map((name): Requirement => ({ is: "program", name, why: "systemd as PID 1" })),
    ...optionalPrograms.map((name): Requirement => ({ is: "program", name, optional: true, why: "systemd as PID 1" })),
    ...units.map((name): Requirement => ({ is: "unit", name, why: "systemd's own boot" })),
    ...optionalUnits.map((name): Requirement => ({ is: "unit", name, optional: true, why: "systemd's own boot" })),
    ...rules.map((name): Requirement => ({ is: "rules", name, why: "devices get their names and drivers" })),
    ...optionalRules.map((name): Requirement => ({
      is: "rules",
      name,
      optional: true,
      why: "devices get their names and drivers",
    })),
    ...directories.map((path): Requirement => ({
      is: "directory",
      path,
      mode: 0o755,
      why: "mount point of the early boot",
    })),
    { is: "directory", path: "/tmp", mode: 0o1777, why: "temporary files" },
    { is: "directory", path: "/root", mode: 0o700, why: "home of root" },
    { is: "symlink", path: "/init", target: "usr/lib/systemd/systemd", why: "the kernel starts /init" },
    {
      is: "symlink",
      path: "/etc/initrd-release",
      target: "os-release",
      why: "how systemd knows that it is in an initrd",
    },
    { is: "file", path: "/etc/machine-id", mode: 0o444, content: "", why: "the initrd has no identity of its own" },
    {
      is: "file",
      path: "/etc/nsswitch.conf",
      mode: 0o644,
      content: "passwd: files\ngroup: files\nshadow: files\n",
      why: "users are looked up in files",
    },
    {
      is: "symlink",
      path: "/etc/systemd/system/default.target",
      target: "/usr/lib/systemd/system/initrd.target",
      why: "the initrd's goal",
    },
    {
      is: "symlink",
      path: "/etc/systemd/system/ctrl-alt-del.target",
      target: "/usr/lib/systemd/system/reboot.target",
      why: "the three keys reboot",
    },
    {
      is: "file",
      path: "/etc/systemd/system/initrd-cleanup.service.d/50-unitrd.conf",
      mode: 0o644,
      content:
        "# As in systemd 257; before it, a boot that had failed could still hand over.\n[Unit]\nConflicts=emergency.target\n",
      why: "a failed boot does not hand over",
    },
    { is: "dlopen", feature: "kmod", why: "udev loads modules through libkmod" },
    ...messageTakes,
  ];
}

const programs = [
  "/usr/lib/systemd/systemd",
  "/usr/lib/systemd/systemd-shutdown",
  "/usr/lib/systemd/system-generators/systemd-fstab-generator",
  "systemctl",
  "udevadm",
  "kmod",
  "mount",
  "umount",
] as const;

const optionalPrograms = [
  "/usr/lib/systemd/systemd-executor",
  "/usr/lib/systemd/systemd-sysroot-fstab-check",
  "modprobe",
  "/usr/lib/systemd/systemd-udevd",
] as const;

const units = [
  "basic.target",
  "final.target",
  "halt.target",
  "initrd-cleanup.service",
  "initrd-fs.target",
  "initrd-parse-etc.service",
  "initrd-root-device.target",
  "initrd-root-fs.target",
  "initrd-switch-root.service",
  "initrd-switch-root.target",
  "initrd-udevadm-cleanup-db.service",
  "initrd-usr-fs.target",
  "initrd.target",
  "kexec.target",
  "kmod-static-nodes.service",
  "local-fs-pre.target",
  "local-fs.target",
  "modprobe@.service",
  "paths.target",
  "poweroff.target",
  "reboot.target",
  "rescue.target",
  "emergency.target",
  "shutdown.target",
  "sigpwr.target",
  "slices.target",
  "sockets.target",
  "swap.target",
  "sysinit.target",
  "systemd-halt.service",
  "systemd-journald-dev-log.socket",
  "systemd-journald.service",
  "systemd-journald.socket",
  "systemd-modules-load.service",
  "systemd-poweroff.service",
  "systemd-reboot.service",
  "systemd-tmpfiles-setup-dev.service",
  "systemd-udev-trigger.service",
  "systemd-udevd-control.socket",
  "systemd-udevd-kernel.socket",
  "systemd-udevd.service",
  "timers.target",
  "umount.target",
] as const;

const optionalUnits = [
  "exit.target",
  "soft-reboot.target",
  "systemd-exit.service",
  "systemd-kexec.service",
  "systemd-soft-reboot.service",
  // systemd-fstab-generator makes the root require it for systemd.volatile=.
  "systemd-volatile-root.service",
  "-.slice",
  "system.slice",
] as const;

const rules = ["50-udev-default.rules", "60-persistent-storage.rules", "80-drivers.rules", "99-systemd.rules"] as const;
const optionalRules = ["60-block.rules"] as const;

const directories = ["/dev", "/proc", "/run", "/sys", "/sysroot", "/var"] as const;
