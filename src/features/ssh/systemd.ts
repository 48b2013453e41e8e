import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { execLine } from "../../stage-one/systemd/escape.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import type { Unit } from "../../stage-one/systemd/unit.ts";
import { lacking, serverPrograms, unlockTakes } from "./programs.ts";
import type { Server } from "./server.ts";

export function renderServer(server: Server, target: Target): Verdict<SystemdRendering> {
  const reason = lacking(server.kind, target);
  if (reason !== undefined) return { can: false, ...reason };
  const unit = serverUnit(server, target);
  return {
    can: true,
    rendering: {
      units: [unit],
      done: unit.name,
      gates: [unit.name],
      takes: [
        ...serverPrograms(server.kind),
        ...server.files,
        ...unlockTakes(server, server.questions.systemd),
        ...askers,
      ],
    },
  };
}

const why = "asks whoever logs in";

const askers: readonly Requirement[] = [
  ...["sh", "stty", "sleep", "rm", "mkdir", "systemctl", "/usr/lib/systemd/systemd-reply-password"].map(
    (name): Requirement => ({ is: "program", name, why }),
  ),
];

function serverUnit({ kind, words }: Server, target: Target): Unit {
  const program = target.programPath(kind === "openssh" ? "sshd" : "dropbear");
  return {
    name: "unitrd-ssh.service",
    place: "local",
    wantedBy: ["initrd.target"],
    sections: [
      {
        name: "Unit",
        assignments: [
          ["Description", "SSH server for pass phrases"],
          ["Documentation", kind === "openssh" ? "man:sshd(8)" : "man:dropbear(8)"],
          ["DefaultDependencies", "no"],
          ["After", "systemd-journald.socket"],
          // It has ended before the real system begins: stopping comes first.
          ["Before", "initrd-switch-root.target shutdown.target"],
          ["Conflicts", "initrd-switch-root.target shutdown.target"],
        ],
      },
      {
        name: "Service",
        assignments: [
          ["Type", "exec"],
          ["RuntimeDirectory", "sshd unitrd/ssh"],
          ["RuntimeDirectoryMode", "0755"],
          ["ExecStart", execLine([program, ...foreground[kind], ...words])],
          // Whoever waits for questions is told that there are none left.
          ["ExecStop", execLine(["/usr/lib/unitrd/unlock", "--end"])],
          ["TimeoutStopSec", "10s"],
          ["Restart", "on-failure"],
          ["RestartSec", "1s"],
        ],
      },
    ],
  };
}

/** It stays where systemd sees it, and says what happens on its standard error. */
const foreground = { openssh: ["-D", "-e"], dropbear: ["-F", "-E"] } as const;
