import { spawn } from "node:child_process";

/** What is removed should this process die without having put things in order. */
export interface LastWill {
  /** The process lives on and has removed them, or they may stay. */
  revoke(): Promise<void>;
}

/**
 * Has files and directories removed when this process dies, however it dies: a shell in a session of its own waits for
 * that, at the other end of a pipe that only we hold. Where no shell can be started nothing happens; whoever makes names
 * that a killed process leaves also finds them again.
 */
export function lastWill(...paths: readonly string[]): LastWill {
  const shell = spawn("/bin/sh", ["-c", script, "unitrd-last-will", ...paths], {
    detached: true,
    cwd: "/",
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => {
    shell.once("exit", () => resolve());
    shell.once("error", () => resolve());
  });
  shell.stdin.on("error", () => undefined);
  shell.unref();
  return {
    async revoke() {
      shell.ref();
      shell.stdin.end("live\n");
      await ended;
    },
  };
}

/** What our children wrote while they were being killed too is removed a little later. */
const script = `read -r word
[ "$word" != live ] || exit 0
rm -rf -- "$@"
sleep 1
rm -rf -- "$@"`;
