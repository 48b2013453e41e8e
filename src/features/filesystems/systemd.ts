import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { deviceUnit, escapePath, execLine, literal, mountUnit } from "../../stage-one/systemd/escape.ts";
import { messageUnit } from "../../stage-one/systemd/message.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Assignment, Unit } from "../../stage-one/systemd/unit.ts";
import { degradedTakes, degradedUnits } from "./btrfs.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { plainMount } from "./mounted.ts";
import { nfsTakes, noMountNfs } from "./nfs.ts";
import { mountOptions } from "./options.ts";
import { overlayTakes, overlayUnits, writableOf } from "./overlay.ts";
import { isBelowRun, placeInInitrd } from "./place.ts";
import { shareTakes } from "./share.ts";

/** A mount below /sysroot, with the check before it under the name that systemd itself would give it. */
export function renderMount(
  path: string,
  declared: DeclaredFilesystem,
  checker: string | undefined,
  originOf: (key: string) => Origin,
  target: Target,
): Verdict<SystemdRendering> {
  const reason = beyondSystemd(declared, target);
  if (reason !== undefined) {
    const { because, hint, key } = reason;
    return { can: false, because, hint, at: originOf(key) };
  }
  if (declared.type === "nfs" && !target.hasProgram("mount.nfs")) return noMountNfs;
  const device = declared.device?.path;
  const failure =
    checker === undefined ? undefined : fsckFailure(path, checker, device ?? "", originOf("fsck"), target);
  const check = failure === undefined || device === undefined ? undefined : fsckUnit(path, device, failure.name);
  const name = escapePath(placeInInitrd(path));
  const writable = declared.type === "overlay" ? writableOf(path, declared) : undefined;
  const over = writable === undefined ? undefined : overlayUnits(name, writable, originOf("upper"), target);
  const mount = sysrootMount(path, declared, check?.name ?? over?.prepare);
  if (checker !== undefined && !target.hasProgram(checker)) {
    return { can: false, because: `the sysroot has no ${checker}`, hint: "install it there, or set fsck = false" };
  }
  const degraded =
    declared.type === "btrfs" && declared.degraded
      ? degradedUnits(`unitrd-degraded-${name}`, placeInInitrd(path), declared, originOf("degraded"), target)
      : [];
  return {
    can: true,
    rendering: {
      units: [
        ...(check === undefined || failure === undefined ? [] : [check, failure]),
        mount,
        ...(over?.units ?? []),
        ...degraded,
      ],
      done: mount.name,
      gates: [...(check === undefined ? [] : [check.name]), ...(over?.gates ?? []), mount.name],
      clocks: degraded.map(({ name }) => name).filter((name) => name.endsWith(".timer")),
      takes: [
        ...(checker === undefined ? [] : fsckTakes(checker)),
        ...(degraded.length === 0 ? [] : degradedTakes),
        ...overlayTakes(writable),
        ...(declared.tag === undefined ? [] : shareTakes(declared.type, declared.tag)),
        ...(declared.type === "nfs" ? nfsTakes : []),
      ],
    },
  };
}

/** The first systemd whose udev, by the libblkid that is released with it, tells bcachefs from nothing. */
const knowsBcachefs = 255;

function beyondSystemd(
  declared: DeclaredFilesystem,
  target: Target,
): { because: string; hint: string; key: string } | undefined {
  if (declared.type === "zfs") {
    return {
      because: "systemd has no mount of ZFS datasets",
      hint: 'stage-one.kind = "scripted" builds the script without this warning',
      key: "type",
    };
  }
  if (declared.type !== "bcachefs") return undefined;
  if (declared.devices !== undefined) {
    return {
      because: "to systemd several devices with colons between them are one device, which never appears",
      hint: 'stage-one.kind = "scripted" builds the script without this warning',
      key: "devices",
    };
  }
  const found = declared.device?.spec.split("=")[0];
  if ((found === "UUID" || found === "LABEL") && target.systemd !== undefined && target.systemd < knowsBcachefs) {
    return {
      because: `udev of systemd ${target.systemd} cannot find bcachefs by ${found}`,
      hint: 'name the device by its partition: device = "PARTUUID=…"',
      key: "device",
    };
  }
  return undefined;
}

function sysrootMount(path: string, declared: DeclaredFilesystem, check: string | undefined): Unit {
  const where = placeInInitrd(path);
  const plain = plainMount(path, declared);
  const options = [...(plain?.options ?? mountOptions(declared, path)), ...(declared.nofail ? ["nofail"] : [])];
  const what = plain?.what ?? declared.device?.path ?? declared.type;
  const by = pulledInBy(path);
  return {
    name: mountUnit(where),
    // root= and mount.usr= make units of these two names in the generator's directory, which must win.
    place: path === "/" || path === "/usr" ? "vendor" : "local",
    ...(declared.nofail ? { wantedBy: [by] } : { requiredBy: [by] }),
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`${what} at ${where}`)],
          // Also with nofail: systemd would hand over without waiting, and whether it is mounted would be luck.
          ["Before", by],
          // Outside of /sysroot systemd would put the whole of its own start after it.
          ...(isBelowRun(path) ? runAssignments : []),
          ...(check === undefined
            ? []
            : ([
                ["Requires", check],
                ["After", check],
              ] satisfies Assignment[])),
        ],
      },
      {
        name: "Mount",
        assignments: [
          ["What", literal(what)],
          ["Where", literal(where)],
          ["Type", plain?.type ?? declared.type],
          ...(options.length === 0 ? [] : ([["Options", literal(options.join(","))]] satisfies Assignment[])),
        ],
      },
    ],
  };
}

const runAssignments: readonly Assignment[] = [
  ["DefaultDependencies", "no"],
  ["Conflicts", "umount.target"],
  ["Before", "umount.target"],
];

function pulledInBy(path: string): string {
  if (path === "/") return "initrd-root-fs.target";
  return path === "/usr" ? "initrd-usr-fs.target" : "initrd-fs.target";
}

/** systemd-fsck(8) keeps the exit status of fsck(8) to the journal, and fails for what is not mended or asks for a reboot. */
function fsckFailure(path: string, checker: string, device: string, origin: Origin, target: Target): Unit {
  return messageUnit(target, {
    name: `unitrd-${escapePath(`/unmended${path}`)}.service`,
    description: `Message about the failed check of ${device}`,
    text: `the check of ${device} found what it cannot mend, or asks for a reboot; run ${checker} by hand: ${shortOrigin(origin)}`,
    // Not when the device did not come, which is said already.
    unit: [["ConditionPathExists", literal(device)]],
  });
}

function fsckUnit(path: string, device: string, failure: string): Unit {
  return {
    name: fsckName(path, device),
    place: "vendor",
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`File System Check on ${device}`)],
          ["DefaultDependencies", "no"],
          // The isolation before the hand-over would stop it, and with it the mount that requires it.
          ["IgnoreOnIsolate", "yes"],
          ["BindsTo", deviceUnit(device)],
          ["After", `${deviceUnit(device)} local-fs-pre.target`],
          ["Conflicts", "shutdown.target"],
          ["Before", "shutdown.target"],
          ["OnFailure", failure],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["ExecStart", execLine(["/usr/lib/systemd/systemd-fsck", device])],
          ["TimeoutSec", "infinity"],
          // What was mended, and what not, is said by the checker itself.
          ["StandardOutput", "journal+console"],
        ],
      },
    ],
  };
}

/** systemd-fstab-generator's own names: the real system then sees the check as done. */
function fsckName(path: string, device: string): string {
  if (path === "/") return "systemd-fsck-root.service";
  if (path === "/usr") return "systemd-fsck-usr.service";
  return `systemd-fsck@${escapePath(device)}.service`;
}

function fsckTakes(checker: string): readonly Requirement[] {
  const why = "file system check";
  return [
    { is: "program", name: "/usr/lib/systemd/systemd-fsck", why },
    { is: "program", name: "fsck", why },
    { is: "program", name: checker, why },
  ];
}
