import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import { lacking, serverPrograms, unlockTakes } from "./programs.ts";
import type { Server } from "./server.ts";

/** A call of `start_ssh` in templates/scripted/ssh.sh. */
export function scriptServer(server: Server, target: Target): Verdict<ScriptedRendering> {
  const { kind, words } = server;
  const reason = lacking(kind, target);
  if (reason !== undefined) return { can: false, ...reason };
  const program = target.programPath(kind === "openssh" ? "sshd" : "dropbear");
  const log = kind === "openssh" ? ["-E", "/run/unitrd/ssh/log"] : [];
  return {
    can: true,
    rendering: {
      parts: ["ssh"],
      call: ["start_ssh", program, ...log, ...words],
      takes: [
        ...serverPrograms(kind),
        ...server.files,
        ...unlockTakes(server, server.questions.scripted),
        ...["killall", "mkfifo", "mv"].map((name): Requirement => ({
          is: "symlink",
          path: `/usr/lib/unitrd/busybox/${name}`,
          target: "/usr/bin/busybox",
          why: "busybox by another name",
        })),
      ],
    },
  };
}
