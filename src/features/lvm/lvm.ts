import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import { namedTables } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Need } from "../../plan/resource.ts";
import type { StepId } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { secondsWord } from "../../stage-one/scripted/rendering.ts";
import { sourceOf } from "../../steps/device-source.ts";
import { resumeDecided } from "../../steps/resume-decided.ts";
import { defineFeature, type Input } from "../feature.ts";
import { group, groupName, volumeDevices, type DeclaredGroup } from "./declared.ts";
import { renderVolumes } from "./systemd.ts";

/** `[lvm.GROUP]`: logical volumes, each as /dev/GROUP/VOLUME and /dev/mapper/GROUP-VOLUME. */
export const lvm = defineFeature({
  schema: namedTables(groupName, group).prefault({}).meta({
    keyName: "GROUP",
    description:
      "Volumes of a group of LVM, activated as `/dev/GROUP/VOLUME`, which is also `/dev/mapper/GROUP-VOLUME`.",
  }),
  contribute(value, input) {
    return { steps: Object.entries(value).flatMap(([name, declared]) => groupSteps(name, declared, input)) };
  },
});

/** Thin volumes are a step of their own: their pool is written to when it is activated. */
function groupSteps(name: string, declared: DeclaredGroup, input: Input): readonly BootStep[] {
  if (!isSound(name, declared, input)) return [];
  const config = configOf(name, declared, input);
  if (config === undefined) return [];
  const thin = declared.thin;
  const others = declared.volumes.filter((volume) => !thin.includes(volume));
  return [
    ...(others.length > 0
      ? [volumesStep(name, declared, { id: `lvm:${name}`, volumes: others, thin: false }, config, input)]
      : []),
    ...(thin.length > 0
      ? [volumesStep(name, declared, { id: `lvm-thin:${name}`, volumes: thin, thin: true }, config, input)]
      : []),
  ];
}

interface Part {
  readonly id: StepId;
  readonly volumes: readonly string[];
  readonly thin: boolean;
}

function volumesStep(
  name: string,
  declared: DeclaredGroup,
  { id, volumes, thin }: Part,
  config: Requirement,
  input: Input,
): BootStep {
  const origin = input.originOf(name);
  const directory = configDirectory(name);
  return {
    id,
    title: `activate ${volumes.map((volume) => `${name}/${volume}`).join(", ")}`,
    origin,
    needs: [...volumeNeeds(name, declared, input), ...(thin ? [resumeDecided(input.originOf(name, "thin"))] : [])],
    provides: volumes.map((volume) => ({ is: "device", names: volumeDevices(name, volume) })),
    ...(declared.devices === undefined ? { finds: true } : {}),
    layer: 2,
    staysOpen: true,
    takes: [...modules(declared, thin), config],
    overrides: ["rd.lvm", "rd.lvm.vg", "rd.lvm.lv", "rd.auto"].map((word) => ({ word, effect: "refused" as const })),
    onFailure: declared.nofail ? "go-on" : "stop",
    facts: { group: name, volumes: volumes.join(","), thin, partial: declared.partial },
    render: {
      systemd: (target) => renderVolumes({ id, group: name, volumes, declared, origin, config: directory }, target),
      scripted: (target) =>
        target.hasProgram("lvm")
          ? {
              can: true,
              rendering: {
                parts: ["device", "lvm"],
                call: [
                  "activate_volumes",
                  name,
                  directory,
                  secondsWord(declared["device-timeout"]),
                  declared.partial ? "partial" : "",
                  shortOrigin(origin),
                  ...volumes,
                ],
                takes: [{ is: "program", name: "lvm", why: "logical volumes" }],
              },
            }
          : { can: false, because: "the sysroot has no lvm", hint: "on Debian it is in the package lvm2" },
    },
  };
}

function volumeNeeds(name: string, declared: DeclaredGroup, input: Input): readonly Need[] {
  const seconds = declared["device-timeout"];
  const each = (declared.devices ?? []).map((device, index): Need => ({
    is: "one",
    of: { is: "device", names: [device.path] },
    from: sourceOf(device),
    strength: declared.nofail ? "wants" : "requires",
    ...(seconds === undefined ? {} : { seconds }),
    origin: input.originOf(name, "devices", index),
  }));
  if (!declared.partial || each.length < 2) return each;
  return [{ is: "at-least", count: 1, of: each, ...(seconds === undefined ? {} : { seconds }) }];
}

function isSound(name: string, { volumes, thin }: DeclaredGroup, input: Input): boolean {
  const twice = thin.find((volume) => volumes.includes(volume));
  const faults: readonly (readonly [boolean, string | undefined, string, string])[] = [
    [
      volumes.length + thin.length === 0,
      undefined,
      "no volume is named, and none is activated by itself",
      'name those that the boot needs: volumes = ["root"]',
    ],
    [twice !== undefined, "thin", `${twice ?? ""} is both among \`volumes\` and \`thin\``, "take it out of `volumes`"],
  ];
  const found = faults.filter(([isFault]) => isFault);
  for (const [, key, message, hint] of found) {
    const at = key === undefined ? input.originOf(name) : input.originOf(name, key);
    input.report({
      code: "U805",
      severity: "error",
      message: `${input.originOf(name).path}: ${message}`,
      hint,
      at: [at],
    });
  }
  return found.length === 0;
}

function configDirectory(name: string): string {
  return `/etc/unitrd/lvm/${name}`;
}

/** The machine's own is for the machine: its filters know other devices, and its copies would be written into memory. */
function configOf(name: string, { config }: DeclaredGroup, input: Input): Requirement | undefined {
  const taken = config === undefined ? plain : input.readFile(config, input.originOf(name, "config"));
  if (taken === undefined) return undefined;
  return {
    is: "file",
    path: `${configDirectory(name)}/lvm.conf`,
    mode: 0o644,
    content: taken,
    why: `how LVM treats the group ${name}`,
  };
}

const plain = `# Every device is looked at, nothing is kept, nobody watches: that is for the real system.
devices {
	use_devicesfile = 0
	obtain_device_list_from_udev = 0
	multipath_component_detection = 1
	md_component_detection = 1
}
backup {
	backup = 0
	archive = 0
}
global {
	event_activation = 1
	use_lvmpolld = 0
	use_lvmlockd = 0
}
activation {
	monitoring = 0
}
`;

const kindModules = { cache: "dm_cache_smq", mirror: "dm_mirror", raid: "dm_raid", snapshot: "dm_snapshot" } as const;

function modules({ kinds }: DeclaredGroup, thin: boolean): readonly Requirement[] {
  return [
    { is: "module", name: "dm_mod", why: "device mapper" },
    ...kinds.map((kind): Requirement => ({
      is: "module",
      name: kindModules[kind],
      why: `volumes of the kind ${kind}`,
    })),
    ...(kinds.includes("cache")
      ? ([
          { is: "module", name: "dm_cache", why: "cached volumes" },
          { is: "program", name: "cache_check", why: "cached volumes" },
        ] satisfies Requirement[])
      : []),
    ...(thin
      ? ([
          { is: "module", name: "dm_thin_pool", why: "thin volumes" },
          { is: "program", name: "thin_check", why: "LVM checks a thin pool before it activates it" },
        ] satisfies Requirement[])
      : []),
  ];
}
