import type { Requirement } from "../plan/requirement.ts";
import { deviceUnit, escapePath, escapeUnitName, literal } from "../stage-one/systemd/escape.ts";
import type { Unit } from "../stage-one/systemd/unit.ts";

/** What one of systemd's programs opens as /dev/mapper/NAME, in the unit that systemd's generator would make of it. */
export function mappingUnit(mapping: {
  /** `veritysetup`, `integritysetup`: of the program, its unit and its targets. */
  readonly kind: string;
  readonly name: string;
  readonly description: string;
  readonly devices: readonly string[];
  readonly start: string;
  readonly stop: string;
}): Unit {
  const { kind, name } = mapping;
  const blockdev = `blockdev@${escapePath(`/dev/mapper/${name}`)}.target`;
  return {
    name: `systemd-${kind}@${escapeUnitName(name)}.service`,
    place: "local",
    requiredBy: [`${kind}.target`],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(mapping.description)],
          ["DefaultDependencies", "no"],
          ["IgnoreOnIsolate", "yes"],
          ["After", `${kind}-pre.target systemd-udevd-kernel.socket`],
          ["Before", `${kind}.target ${blockdev} umount.target`],
          ["Wants", blockdev],
          ["Conflicts", "umount.target"],
          ["BindsTo", mapping.devices.map(deviceUnit).join(" ")],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["ExecStart", mapping.start],
          ["ExecStop", mapping.stop],
        ],
      },
    ],
  };
}

/** What udev takes to name the mapping, and the targets of the unit. */
export function mappingTakes(kind: string, why: string): readonly Requirement[] {
  return [
    { is: "program", name: `systemd-${kind}`, why },
    { is: "program", name: "dmsetup", why: "udev names mappings through dmsetup" },
    { is: "library", soname: "libgcc_s.so.1", optional: true, why: "glibc loads it to end a thread" },
    { is: "dlopen", feature: "cryptsetup", why },
    { is: "unit", name: `${kind}.target`, why },
    { is: "unit", name: `${kind}-pre.target`, why },
    { is: "unit", name: "blockdev@.target", why },
    { is: "rules", name: "55-dm.rules", why: "names of mappings" },
    { is: "rules", name: "60-persistent-storage-dm.rules", why: "names of what is in mappings" },
    { is: "rules", name: "95-dm-notify.rules", why: "end of udev's work on a mapping" },
  ];
}
