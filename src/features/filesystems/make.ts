import { shortOrigin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { secondsWord, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { escapePath, execLine, literal } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import { resumeDecided } from "../../steps/resume-decided.ts";
import type { Input } from "../feature.ts";
import type { DeclaredFilesystem } from "./declared.ts";
import { deviceNeeds } from "./device-needs.ts";

/** What makes each file system that can be made, without a word and without a question. */
const makers: ReadonlyMap<string, readonly [string, ...string[]]> = new Map([
  ["ext2", ["mkfs.ext2", "-q"]],
  ["ext3", ["mkfs.ext3", "-q"]],
  ["ext4", ["mkfs.ext4", "-q"]],
  ["xfs", ["mkfs.xfs", "-q"]],
  ["btrfs", ["mkfs.btrfs", "-q"]],
  ["vfat", ["mkfs.vfat"]],
]);

export const makeable: readonly string[] = [...makers.keys()];

/** The id of the step that makes a file system, which its mount needs. */
export function makeStepId(path: string): `makefs:${string}` {
  return `makefs:${path}`;
}

/** A file system made where nothing is; what holds anything is left as it is. */
export function makeStep(path: string, declared: DeclaredFilesystem, input: Input): readonly BootStep[] {
  const { device, type } = declared;
  const maker = makers.get(type);
  if (!declared["make-filesystem"] || device === undefined || maker === undefined) return [];
  const origin = input.originOf(path, "make-filesystem");
  return [
    {
      id: makeStepId(path),
      title: `make a file system ${type} on ${device.spec}, if it holds nothing`,
      origin,
      needs: [resumeDecided(origin), ...deviceNeeds(path, declared, input)],
      provides: [],
      takes: [],
      overrides: [],
      onFailure: declared.nofail ? "go-on" : "stop",
      facts: { path, device: device.spec, type },
      render: {
        systemd: (target) => renderMake(path, device.path, maker, target),
        scripted: (target) =>
          scriptMake(device.spec, maker, secondsWord(declared["device-timeout"]), shortOrigin(origin), target),
      },
    },
  ];
}

const scriptPath = "/usr/lib/unitrd/make-filesystem";

/**
 * A device is empty when blkid(8) knows neither a file system nor a table in it, and its first MiB is zeros: what blkid
 * does not know could be anything.
 */
const script = `#!/bin/sh
# make-filesystem DEVICE COMMAND…: runs the command on a device that holds nothing, and leaves any other as it is.
device=$1
shift
if ! head -c 1048576 "$device" > /dev/null; then
  echo "unitrd: $device cannot be read; no file system is made"
  exit 1
fi
found=$(blkid -p -o export "$device" 2> /dev/null)
status=$?
# Of a partition it also tells where it lies in its table.
case "
$found" in
  *"
TYPE="* | *"
PTTYPE="*) exit 0 ;;
esac
if [ "$status" -ne 0 ] && [ "$status" -ne 2 ]; then
  echo "unitrd: it is not clear what $device holds; no file system is made"
  exit 0
fi
if [ "$(head -c 1048576 "$device" | tr -d '\\000' | head -c 1 | wc -c)" -ne 0 ]; then
  echo "unitrd: $device holds something that is not known; no file system is made"
  exit 0
fi
echo "unitrd: making a file system on $device, which is empty"
exec "$@" "$device"
`;

const why = "making of file systems";
const file: Requirement = { is: "file", path: scriptPath, mode: 0o755, content: script, why };

function makeTakes(maker: string): readonly Requirement[] {
  return [
    file,
    ...["blkid", "head", "tr", "wc", maker].map((name): Requirement => ({ is: "program", name, why })),
    { is: "copy", path: "/etc/mke2fs.conf", optional: true, why },
  ];
}

function missing(maker: string) {
  return {
    can: false,
    because: `the sysroot has no ${maker}`,
    hint: "install it there, or take make-filesystem out",
  } as const;
}

function renderMake(
  path: string,
  device: string,
  maker: readonly [string, ...string[]],
  target: Target,
): Verdict<SystemdRendering> {
  if (!target.hasProgram(maker[0])) return missing(maker[0]);
  const unit = makeUnit(path, device, [target.programPath(maker[0]), ...maker.slice(1)]);
  return {
    can: true,
    rendering: {
      units: [unit],
      done: unit.name,
      gates: [unit.name],
      takes: [...makeTakes(maker[0]), { is: "program", name: "sh", why }],
    },
  };
}

function makeUnit(path: string, device: string, command: readonly string[]): Unit {
  return {
    name: `unitrd-make-${escapePath(path)}.service`,
    place: "local",
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", literal(`Make a file system on ${device} if it is empty`)],
          ["DefaultDependencies", "no"],
          // What requires it, the mount, would end with it at the isolation before the hand-over.
          ["IgnoreOnIsolate", "yes"],
          ["After", "local-fs-pre.target"],
          ["Conflicts", "shutdown.target"],
          ["Before", "shutdown.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["SyslogIdentifier", "unitrd"],
          ["StandardOutput", "journal+console"],
          ["ExecStart", execLine([scriptPath, device, ...command])],
        ],
      },
    ],
  };
}

function scriptMake(
  spec: string,
  maker: readonly [string, ...string[]],
  seconds: string,
  origin: string,
  target: Target,
): Verdict<ScriptedRendering> {
  if (!target.hasProgram(maker[0])) return missing(maker[0]);
  const call = ["make_filesystem", spec, seconds, origin, target.programPath(maker[0]), ...maker.slice(1)] as const;
  return { can: true, rendering: { parts: ["device", "mount"], call, takes: makeTakes(maker[0]) } };
}
