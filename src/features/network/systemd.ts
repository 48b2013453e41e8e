import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { escapeUnitName, execLine } from "../../stage-one/systemd/escape.ts";
import { messageUnit } from "../../stage-one/systemd/message.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Assignment, Unit } from "../../stage-one/systemd/unit.ts";
import { networkdFiles, type LinkPlace } from "./networkd-files.ts";

const networkd = "/usr/lib/systemd/systemd-networkd";
const waitOnline = "/usr/lib/systemd/systemd-networkd-wait-online";

/** A link is files for networkd, which works on all links at once. */
export function renderLink(place: LinkPlace, keys: readonly Requirement[], target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram(networkd)) {
    return {
      can: false,
      because: "the sysroot has no systemd-networkd",
      hint: "on Debian it is in the package systemd",
    };
  }
  const files = networkdFiles(place).map((file): Requirement => ({
    is: "file",
    path: `/etc/systemd/network/${file.name}`,
    mode: 0o644,
    content: file.content,
    why: `the link ${place.name}`,
  }));
  return {
    can: true,
    rendering: {
      units: [],
      done: "systemd-networkd.service",
      gates: [],
      takes: [...networkdTakes, ...files, ...keys],
    },
  };
}

const why = "the network";

const networkdTakes: readonly Requirement[] = [
  { is: "unit", name: "systemd-networkd.service", why },
  { is: "unit", name: "network.target", why },
  { is: "unit", name: "network-pre.target", why },
  { is: "symlink", ...pulledIn("systemd-networkd.service"), why },
  { is: "unit", name: "systemd-network-generator.service", optional: true, why: "ip= on the kernel command line" },
  { is: "symlink", ...pulledIn("systemd-network-generator.service"), why },
  {
    is: "file",
    path: "/etc/systemd/system/systemd-network-generator.service.d/50-unitrd.conf",
    mode: 0o644,
    content: "# Without ip= there is nothing that it may say.\n[Unit]\nConditionKernelCommandLine=ip\n",
    why,
  },
  { is: "rules", name: "75-net-description.rules", why: "names of links" },
  { is: "rules", name: "80-net-setup-link.rules", why: "names of links" },
  { is: "copy", path: "/usr/lib/systemd/network/99-default.link", optional: true, why: "names of links" },
];

function pulledIn(unit: string): { readonly path: string; readonly target: string } {
  return { path: `/etc/systemd/system/sysinit.target.wants/${unit}`, target: `/usr/lib/systemd/system/${unit}` };
}

/** A file that the declaration makes. */
export type FileTake = Extract<Requirement, { is: "file" }>;

/** What somebody waits for. */
export interface Wait {
  /** As in the name of a step: `eth0`, `any`, `online`. */
  readonly name: string;
  /** Links that must all be up, with the least state that counts as such; none: any one will do. */
  readonly links: readonly { readonly name: string; readonly state?: "carrier" }[];
  /** Links that do not count. */
  readonly ignore: readonly string[];
  readonly seconds: number;
  /** Whether the real system starts only afterwards. */
  readonly isBoot: boolean;
  readonly mustSucceed: boolean;
  /** Tells programs the name servers, where there may be some. */
  readonly resolvConf: FileTake | undefined;
  readonly origin: Origin;
}

/** systemd-networkd-wait-online(8), bounded, with a line on the console when the time is up. */
export function renderWait(wait: Wait, target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram(waitOnline)) return noWaitOnline;
  const part = escapeUnitName(wait.name);
  const late = messageUnit(target, {
    name: `unitrd-network-late-${part}.service`,
    description: `Message about the network (${wait.name})`,
    text: `${lateText(wait)} up within ${wait.seconds} s: ${shortOrigin(wait.origin)}`,
  });
  const unit = waitUnit(
    `unitrd-network-${part}.service`,
    [
      ["Description", `Wait for the network (${wait.name})`],
      ["ConditionKernelCommandLine", "!ip"],
      ["OnFailure", late.name],
    ],
    [
      ...(wait.links.length === 0 ? ["--any"] : []),
      ...wait.links.map(({ name, state }) => `--interface=${name}${state === undefined ? "" : `:${state}`}`),
      ...wait.ignore.map((name) => `--ignore=${name}`),
    ],
    wait,
  );
  return {
    can: true,
    rendering: {
      units: [unit, late],
      done: unit.name,
      gates: [unit.name],
      mustSucceed: wait.mustSucceed,
      takes: waitTakes(wait),
    },
  };
}

function lateText({ links }: Wait): string {
  return links.length === 0 ? "no link is" : `${links.map(({ name }) => name).join(" ")} is not`;
}

const noWaitOnline = { can: false, because: "the sysroot has no systemd-networkd-wait-online" } as const;

/** The links of `ip=`, of which only the boot knows the names, and `rd.neednet=1`, which makes the boot wait. */
export function renderWords(wait: Omit<Wait, "links" | "ignore">, target: Target): Verdict<SystemdRendering> {
  if (!target.hasProgram(waitOnline)) return noWaitOnline;
  const words = waitUnit(
    "unitrd-network-command-line.service",
    [
      ["Description", "Wait for the network of the kernel command line"],
      ["ConditionKernelCommandLine", "ip"],
    ],
    ["--any"],
    { ...wait, isBoot: false },
  );
  const needed = waitUnit(
    "unitrd-network-needed.service",
    [
      ["Description", "Wait for the network, as rd.neednet says"],
      ["ConditionKernelCommandLine", "rd.neednet=1"],
    ],
    ["--any"],
    { ...wait, isBoot: true },
  );
  return { can: true, rendering: { units: [words, needed], done: words.name, gates: [], takes: waitTakes(wait) } };
}

function waitUnit(
  name: string,
  own: readonly Assignment[],
  words: readonly string[],
  wait: Pick<Wait, "seconds" | "isBoot" | "resolvConf">,
): Unit {
  const timeout = Number.isFinite(wait.seconds) ? Math.ceil(wait.seconds) : 0;
  return {
    name,
    place: "local",
    ...(wait.isBoot ? { wantedBy: ["initrd.target"] } : {}),
    sections: [
      {
        name: "Unit",
        assignments: [
          ...own,
          ["DefaultDependencies", "no"],
          // What needs the network stays when networkd stops for the hand-over, and so must this.
          ["IgnoreOnIsolate", "yes"],
          ["Wants", "systemd-networkd.service"],
          ["After", "systemd-networkd.service"],
          ["Conflicts", "shutdown.target"],
          ["Before", `${wait.isBoot ? "initrd.target " : ""}shutdown.target`],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["TimeoutSec", "infinity"],
          ["ExecStart", execLine([waitOnline, "--quiet", ...words, `--timeout=${timeout}`])],
          ...(wait.resolvConf === undefined
            ? []
            : ([
                ["RuntimeDirectory", "unitrd"],
                ["RuntimeDirectoryPreserve", "yes"],
                ["ExecStartPost", `-${wait.resolvConf.path}`],
              ] satisfies Assignment[])),
        ],
      },
    ],
  };
}

function waitTakes(wait: Pick<Wait, "resolvConf">): readonly Requirement[] {
  return [
    { is: "program", name: waitOnline, why },
    ...(wait.resolvConf === undefined
      ? []
      : ([wait.resolvConf, { is: "program", name: "/bin/sh", why: wait.resolvConf.why }] satisfies Requirement[])),
  ];
}

/** What takes away all that networkd did, when it has stopped and the real system is about to start. */
export function renderFlush(
  links: readonly { readonly name: string; readonly isMade: boolean }[],
  target: Target,
): Verdict<SystemdRendering> {
  if (!target.hasProgram("ip")) {
    return {
      can: false,
      because: "the sysroot has no ip to flush addresses with",
      hint: "on Debian it is in the package iproute2",
    };
  }
  const ip = target.programPath("ip");
  const lines = [
    [ip, "address", "flush", "scope", "global"],
    ...links.map(({ name, isMade }) => (isMade ? [ip, "link", "delete", name] : [ip, "link", "set", name, "down"])),
  ];
  const unit: Unit = {
    name: "unitrd-network-flush.service",
    place: "local",
    wantedBy: ["initrd-switch-root.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", "Take the network down before the real system starts"],
          ["DefaultDependencies", "no"],
          ["After", "systemd-networkd.service"],
          ["Before", "initrd-switch-root.service"],
        ],
      },
      {
        name: "Service",
        assignments: [["Type", "oneshot"], ...lines.map((words): Assignment => ["ExecStart", `-${execLine(words)}`])],
      },
    ],
  };
  return {
    can: true,
    rendering: { units: [unit], done: unit.name, gates: [], takes: [{ is: "program", name: "ip", why }] },
  };
}
