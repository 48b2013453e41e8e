import type { StageOneKind } from "../stage-one/stage-one.ts";
import { spanPhrase } from "./doing.ts";

/** What both stage ones do, each in its own manner. */
export interface Manner {
  readonly what: string;
  readonly systemd: string;
  readonly scripted: string;
}

/** What only one of them does. */
export interface Ability {
  readonly who: StageOneKind;
  readonly what: string;
}

/** What of a declaration and its sysroot changes how a stage one works as a whole. */
export interface MannerFacts {
  readonly systemd: number | undefined;
  readonly emergencyAccess: boolean | string;
  readonly panicOnFail: boolean;
  readonly commandLineShell: boolean;
  /** Seconds. */
  readonly deviceTimeout: number;
  readonly prompts: boolean;
  readonly mountsUsr: boolean;
}

export function manners(facts: MannerFacts): readonly Manner[] {
  const onFailure = failurePhrase(facts);
  return [
    {
      what: "PID 1",
      systemd: facts.systemd === undefined ? "systemd, which the sysroot lacks" : `systemd ${facts.systemd}`,
      scripted: "/init, a script for busybox",
    },
    { what: "order", systemd: "side by side, as needs allow", scripted: "one step after the other" },
    {
      what: "devices",
      systemd: "udev names them as they come",
      scripted: "looked for in /sys and by findfs, again and again until there",
    },
    { what: "drivers", systemd: "udev, by modalias", scripted: "modprobe, by the modaliases in /sys" },
    {
      what: "late devices",
      systemd: `${spanPhrase(facts.deviceTimeout)}, counted once all that may make it has ended`,
      scripted: `${spanPhrase(facts.deviceTimeout)}, counted when its step begins`,
    },
    ...(facts.prompts
      ? [
          {
            what: "prompts",
            systemd: "asked at once for each device that is there; other steps go on",
            scripted: "asked one after the other; all else waits",
          },
        ]
      : []),
    { what: "failure", systemd: onFailure, scripted: onFailure },
    {
      what: "record",
      systemd: "the journal, which the real system takes over",
      scripted: "/run/unitrd/steps with times, and the kernel's log",
    },
    {
      what: "hand-over",
      systemd: "systemctl switch-root; its state goes along",
      scripted: "switch_root of busybox; the real init starts afresh",
    },
  ];
}

function failurePhrase({ panicOnFail, emergencyAccess }: MannerFacts): string {
  if (panicOnFail) return "reboots after ten seconds";
  if (emergencyAccess === false) return "says so and stays put, without a shell";
  return emergencyAccess === true
    ? "opens a shell, without a password"
    : "opens a shell to whoever knows root's password";
}

export function abilities(facts: MannerFacts): readonly Ability[] {
  const systemd = (what: string): Ability => ({ who: "systemd", what });
  const scripted = (what: string): Ability => ({ who: "scripted", what });
  return [
    systemd("mounts what the real system's fstab marks with x-initrd.mount"),
    systemd("gives every unit a limit, a result and a place in systemd-analyze"),
    systemd("takes credentials and words of systemd's own from the kernel command line"),
    ...(facts.commandLineShell ? [systemd("opens a shell for rd.systemd.debug_shell")] : []),
    ...(facts.mountsUsr ? [systemd("lets mount.usr= replace what is declared for /usr")] : []),
    scripted("runs whatever the systemd of the sysroot is, or if it has none"),
    ...(facts.emergencyAccess === false
      ? []
      : [scripted("stops at a shell before any step: rd.break=mount:/, and goes on after it")]),
    ...(facts.emergencyAccess === false || facts.panicOnFail
      ? []
      : [scripted("tries to go on after the emergency shell was left")]),
  ];
}
