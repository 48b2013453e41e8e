import type { Requirement } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import { questionsPart, unlockProgram, type Server, type ServerKind } from "./server.ts";

const packages = { openssh: "openssh-server", dropbear: "dropbear-bin" } as const;
const programs = { openssh: "sshd", dropbear: "dropbear" } as const;

/** Why a server cannot be had. */
export function lacking(
  kind: ServerKind,
  target: Target,
): { readonly because: string; readonly hint: string } | undefined {
  if (target.hasProgram(programs[kind])) return undefined;
  return {
    because: `the sysroot has no ${programs[kind]}`,
    hint: `on Debian it is in the package ${packages[kind]}`,
  };
}

export function serverPrograms(kind: ServerKind): readonly Requirement[] {
  const why = "the SSH server";
  if (kind === "dropbear") return [{ is: "program", name: "dropbear", why }];
  return [
    { is: "program", name: "sshd", why },
    // Since 9.8.
    { is: "program", name: "/usr/lib/openssh/sshd-session", optional: true, why },
    { is: "program", name: "/usr/lib/openssh/sshd-auth", optional: true, why },
    { is: "user", name: "sshd", why: "the SSH server before anybody has logged in" },
  ];
}

/** The script that asks, also under the names that people know from other initrds. */
export function unlockTakes({ unlock }: Pick<Server, "unlock">, questions: string): readonly Requirement[] {
  const why = "asks whoever logs in";
  return [
    { is: "file", path: unlockProgram, mode: 0o755, content: unlock, why },
    { is: "file", path: questionsPart, mode: 0o644, content: questions, why },
    ...["cryptroot-unlock", "cryptsetup-askpass"].map((name): Requirement => ({
      is: "symlink",
      path: `/usr/bin/${name}`,
      target: unlockProgram,
      why: "what other initrds call it",
    })),
  ];
}
