import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import { namedTables } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Need } from "../../plan/resource.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { secondsWord } from "../../stage-one/scripted/rendering.ts";
import { sourceOf } from "../../steps/device-source.ts";
import { defineFeature, type Input } from "../feature.ts";
import { arrayIdentity } from "./config.ts";
import { array, arrayDevice, arrayName, defaultDegradedAfter, type DeclaredArray } from "./declared.ts";
import { renderArray } from "./systemd.ts";

/** `[raid.NAME]`: md arrays, assembled as /dev/md/NAME, or as /dev/md0 where that is the name. */
export const raid = defineFeature({
  schema: namedTables(arrayName, array)
    .prefault({})
    .meta({ description: "An md array, started as `/dev/md/NAME`; `[raid.md0]` as `/dev/md0`." }),
  contribute(value, input) {
    return { steps: Object.entries(value).flatMap(([name, declared]) => arrayStep(name, declared, input)) };
  },
});

function arrayStep(name: string, declared: DeclaredArray, input: Input): readonly BootStep[] {
  if (!isSound(name, declared, input)) return [];
  const identity = arrayIdentity(name, declared, input);
  if (identity === undefined) return [];
  const origin = input.originOf(name);
  const path = `/etc/unitrd/raid/${name}.conf`;
  const degradedAfter = declared["degraded-after"] ?? defaultDegradedAfter;
  return [
    {
      id: `raid:${name}`,
      title: `start the array ${arrayDevice(name)}`,
      origin,
      needs: memberNeeds(name, declared, input),
      provides: [{ is: "device", names: [arrayDevice(name)], partitions: true }],
      ...(declared.devices === undefined ? { finds: true } : {}),
      layer: 0,
      staysOpen: true,
      takes: [
        ...modules(declared),
        { is: "file", path, mode: 0o644, content: identity.config, why: `which devices raid.${name} has` },
      ],
      overrides: ["rd.md", "rd.md.uuid", "rd.auto"].map((word) => ({ word, effect: "refused" as const })),
      onFailure: declared.nofail ? "go-on" : "stop",
      facts: {
        device: arrayDevice(name),
        by: identityOf(declared),
        degraded: declared.degraded,
        ...(declared.degraded ? { "degraded-after": degradedAfter } : {}),
      },
      render: {
        systemd: (target) =>
          renderArray({ name, declared, ownName: identity.name, config: path, origin, degradedAfter }, target),
        scripted: (target) =>
          target.hasProgram("mdadm")
            ? {
                can: true,
                rendering: {
                  parts: ["device", "raid"],
                  call: [
                    "start_array",
                    name,
                    arrayDevice(name),
                    path,
                    secondsWord(declared["device-timeout"]),
                    declared.degraded ? secondsWord(degradedAfter) : "never",
                    shortOrigin(origin),
                    identity.name ?? "",
                    ...(declared.devices ?? []).map(({ spec }) => spec),
                  ],
                  takes: [{ is: "program", name: "mdadm", why: "arrays" }],
                },
              }
            : { can: false, because: "the sysroot has no mdadm" },
      },
    },
  ];
}

function identityOf({ devices, uuid, name, config }: DeclaredArray): string {
  const named = Object.entries({ devices, uuid, name, config }).flatMap(([key, value]) =>
    value === undefined ? [] : [key],
  );
  return named.join(",");
}

/** A device that does not come is for `degraded` to allow; mdadm knows how many are enough. */
function memberNeeds(name: string, declared: DeclaredArray, input: Input): readonly Need[] {
  const seconds = declared.degraded ? (declared["degraded-after"] ?? defaultDegradedAfter) : declared["device-timeout"];
  const each = (declared.devices ?? []).map((device, index): Need => ({
    is: "one",
    of: { is: "device", names: [device.path] },
    from: sourceOf(device),
    strength: declared.nofail ? "wants" : "requires",
    ...(seconds === undefined ? {} : { seconds }),
    origin: input.originOf(name, "devices", index),
  }));
  if (!declared.degraded || each.length < 2) return each;
  return [{ is: "at-least", count: 1, of: each, ...(seconds === undefined ? {} : { seconds }) }];
}

function isSound(name: string, declared: DeclaredArray, input: Input): boolean {
  const { devices, uuid, name: own, config, level } = declared;
  const faults: readonly (readonly [boolean, string | undefined, string, string])[] = [
    [
      devices === undefined && uuid === undefined && own === undefined && config === undefined,
      undefined,
      "nothing says which devices are its own",
      "declare the uuid that mdadm --detail says, a name, or its devices",
    ],
    [
      config !== undefined && (uuid !== undefined || own !== undefined),
      "config",
      "`config` says which devices are its own, and so does another key",
      "take one of them out",
    ],
    [
      !declared.degraded && declared["degraded-after"] !== undefined,
      "degraded-after",
      "`degraded-after` counts only with `degraded`",
      "declare degraded = true",
    ],
    [
      declared.degraded && (level === "0" || level === "linear"),
      "degraded",
      `level ${level ?? ""} has no device that it can do without`,
      "take `degraded` out",
    ],
    [
      declared.degraded && declared["degraded-after"] === Infinity,
      "degraded-after",
      "after no end it never starts",
      'name a time: degraded-after = "30s"',
    ],
  ];
  const found = faults.filter(([isFault]) => isFault);
  for (const [, key, message, hint] of found) {
    const at = key === undefined ? input.originOf(name) : input.originOf(name, key);
    input.report({
      code: "U801",
      severity: "error",
      message: `${input.originOf(name).path}: ${message}`,
      hint,
      at: [at],
    });
  }
  return found.length === 0;
}

/** The drivers of levels are loaded when an array of theirs starts, by the aliases md-level-…. */
const levelModules = {
  linear: "linear",
  "0": "raid0",
  "1": "raid1",
  "4": "raid456",
  "5": "raid456",
  "6": "raid456",
  "10": "raid10",
} as const;

function modules({ level }: DeclaredArray): readonly Requirement[] {
  const wanted = level === undefined ? [...new Set(Object.values(levelModules))] : [levelModules[level]];
  return [
    { is: "module", name: "md_mod", why: "md arrays" },
    ...wanted.map((name): Requirement => ({
      is: "module",
      name,
      // Of all levels, which a kernel may lack some of.
      ...(level === undefined ? { optional: true } : {}),
      why: "levels of arrays",
    })),
    {
      is: "file",
      path: "/etc/modprobe.d/unitrd-raid.conf",
      mode: 0o644,
      content:
        "# Until something writes to it an array is only read: no resync begins before the machine has decided whether to resume.\noptions md_mod start_ro=1\n",
      why: "no array is written to before the boot has decided to",
    },
  ];
}
