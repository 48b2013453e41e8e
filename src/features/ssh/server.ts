import type { Requirement } from "../../plan/requirement.ts";
import type { Input } from "../feature.ts";
import type { DeclaredSsh } from "./declared.ts";

export type ServerKind = "openssh" | "dropbear";

/** A server with the files of its own, the same for both stage ones. */
export interface Server {
  readonly kind: ServerKind;
  readonly declared: DeclaredSsh;
  readonly files: readonly Requirement[];
  /** Words behind the program's, except for how it runs and where it logs. */
  readonly words: readonly string[];
  /** The script that asks whoever logs in. */
  readonly unlock: string;
  /** What it asks by: a part for each stage one. */
  readonly questions: { readonly systemd: string; readonly scripted: string };
}

const directory = "/etc/unitrd/ssh";
export const unlockProgram = "/usr/lib/unitrd/unlock";
/** Where the part lies that `unlockProgram` reads. */
export const questionsPart = "/usr/lib/unitrd/unlock-questions";

export function serverOf(
  kind: ServerKind,
  declared: DeclaredSsh,
  keys: readonly string[],
  hosts: readonly Uint8Array[],
  input: Input,
): Server {
  const hostFiles = hosts.map((_, index) => `${directory}/host-key-${index + 1}`);
  const command = declared.shell ? undefined : (declared.command ?? unlockProgram);
  const secrets = hostFiles.map((path, index): Requirement => ({
    is: "file",
    path,
    mode: 0o600,
    content: hosts[index] ?? "",
    secret: true,
    why: "who the server is",
  }));
  return {
    kind,
    declared,
    unlock: input.template("ssh/unlock"),
    questions: { systemd: input.template("ssh/questions-systemd"), scripted: input.template("ssh/questions-scripted") },
    ...(kind === "openssh"
      ? {
          files: [
            ...secrets,
            textFile(`${directory}/authorized-keys`, lines(keys)),
            // Debian 12's server complains to whoever logs in when it is not there.
            textFile("/var/log/lastlog", ""),
            textFile(`${directory}/sshd_config`, openssh(declared, hostFiles, command, hasPenalties(input))),
          ],
          words: ["-f", `${directory}/sshd_config`],
        }
      : {
          files: [
            ...secrets,
            { is: "directory", path: "/root", mode: 0o700, why: "the home of root" },
            { is: "directory", path: "/root/.ssh", mode: 0o700, why: "who may log in" },
            textFile("/root/.ssh/authorized_keys", lines(keys)),
          ],
          words: dropbear(declared, hostFiles, command),
        }),
  };
}

function textFile(path: string, content: string): Requirement {
  return { is: "file", path, mode: 0o644, content, why: "who may log in" };
}

/** Since 9.8 the server is several programs, and locks addresses out that failed to log in. */
function hasPenalties(input: Input): boolean {
  return input.sysroot.lstat("/usr/lib/openssh/sshd-session") !== undefined;
}

/** sshd_config(5) of a server that does one thing. */
function openssh(
  { port, listen }: DeclaredSsh,
  hostFiles: readonly string[],
  command: string | undefined,
  penalties: boolean,
): string {
  const settings: readonly (readonly [string, string])[] = [
    ["Port", String(port)],
    ...listen.map((address) => ["ListenAddress", address] as const),
    ...hostFiles.map((path) => ["HostKey", path] as const),
    ["AuthorizedKeysFile", `${directory}/authorized-keys`],
    // The root of a ramfs is writable for everybody, and there is nobody else.
    ["StrictModes", "no"],
    ["AllowUsers", "root"],
    ["PermitRootLogin", "prohibit-password"],
    ["AuthenticationMethods", "publickey"],
    ["PasswordAuthentication", "no"],
    ["KbdInteractiveAuthentication", "no"],
    ["UsePAM", "no"],
    ["DisableForwarding", "yes"],
    ["PermitUserEnvironment", "no"],
    ["PermitUserRC", "no"],
    ["PrintMotd", "no"],
    ["PrintLastLog", "no"],
    ["UseDNS", "no"],
    ["PidFile", "none"],
    ["LoginGraceTime", "60"],
    ["MaxStartups", "32"],
    ["ClientAliveInterval", "15"],
    ["ClientAliveCountMax", "4"],
    // Keys cannot be guessed, and the owner may come from where somebody tried.
    ...(penalties ? ([["PerSourcePenalties", "no"]] as const) : []),
    ...(command === undefined ? [] : ([["ForceCommand", command]] as const)),
  ];
  return lines(settings.map(([key, value]) => `${key} ${value}`));
}

/** dropbear(8): no passwords, no forwarding. */
function dropbear(
  { port, listen }: DeclaredSsh,
  hostFiles: readonly string[],
  command: string | undefined,
): readonly string[] {
  const ports = listen.length === 0 ? [String(port)] : listen.map((address) => `${bracketed(address)}:${port}`);
  return [
    "-s",
    "-j",
    "-k",
    "-K",
    "15",
    ...hostFiles.flatMap((path) => ["-r", path]),
    ...ports.flatMap((one) => ["-p", one]),
    ...(command === undefined ? [] : ["-c", command]),
  ];
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
