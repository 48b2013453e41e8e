import { createHash } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { seconds } from "../host/clock.ts";
import { runProgram, startChild } from "../host/processes.ts";
import { bootSector, bootSectorSays, debugPort } from "./boot-sector.ts";
import { withPrivateDirectory } from "./private-directory.ts";

export interface Accelerator {
  readonly kind: "kvm" | "tcg";
  /** A sentence for the person who waits: why not KVM, or who decided. */
  readonly because: string;
}

export interface ProbeOptions {
  /** Absolute path. */
  readonly qemu: string;
  /** What the person says (`--accel`, `UNITRD_ACCEL`): then nothing is tried. */
  readonly wanted?: "kvm" | "tcg";
  /** Keeps the answer until the next boot of this machine, or the next QEMU. */
  readonly cacheDirectory?: string;
}

/**
 * Whether KVM makes progress here. `/dev/kvm` may be there, writable and useless (nested without support: QEMU aborts,
 * or runs hundreds of times slower than its own translator), so a small program is run under it for at most two seconds.
 */
export async function probeAccelerator(options: ProbeOptions): Promise<Accelerator> {
  if (options.wanted !== undefined) return { kind: options.wanted, because: "it was asked for" };
  const key = await cacheKey(options.qemu);
  const path = options.cacheDirectory && join(options.cacheDirectory, "accelerator");
  const kept = path === undefined ? undefined : await keptAnswer(path, key);
  if (kept !== undefined) return kept;
  const answer = await tryKvm(options.qemu);
  if (path !== undefined) await keep(path, key, answer);
  return answer;
}

async function tryKvm(qemu: string): Promise<Accelerator> {
  return withPrivateDirectory(async (directory) => {
    const image = join(directory, "probe");
    await writeFile(image, bootSector(), { mode: 0o600 });
    const child = await startChild(qemu, probeArguments(image), { channels: 1 });
    child.stdin.end();
    child.stdout.resume();
    const complaint = collect(child.stderr);
    const patience = seconds(2);
    const result = await Promise.race([saysOk(child.channels[0]), child.ended, patience.over]);
    patience.cancel();
    await child.stop();
    if (result === "ok") return { kind: "kvm", because: "KVM works" };
    if (result === undefined) return { kind: "tcg", because: "KVM is there but makes no progress; emulating" };
    return { kind: "tcg", because: `KVM does not work (${lastWords(complaint())}); emulating` };
  });
}

/** Without the program's name and the place in its source, which say nothing to the person who reads it. */
function lastWords(complaint: string): string {
  const last = complaint.trim().split("\n").at(-1) ?? "";
  return last === "" ? "QEMU ended" : last.replace(/^\S*qemu\S*: /, "").replace(/^\S+:\d+: /, "");
}

/** `-cpu host` as in the machines that follow: it is what fails on hosts that only half support KVM. */
function probeArguments(image: string): readonly string[] {
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-machine", "pc", "-m", "16M"],
    ...["-accel", "kvm", "-cpu", "host", "-monitor", "none"],
    ...["-chardev", "socket,id=debug,fd=3", "-device", `isa-debugcon,chardev=debug,iobase=${debugPort}`],
    ...["-drive", `if=floppy,format=raw,snapshot=on,file=${image.replaceAll(",", ",,")}`],
  ];
}

function saysOk(channel: NodeJS.ReadableStream | undefined): Promise<"ok"> {
  let heard = "";
  return new Promise((resolve) => {
    channel?.on("data", (piece: Uint8Array) => {
      heard += Buffer.from(piece).toString("latin1");
      if (heard.includes(bootSectorSays)) resolve("ok");
    });
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.on("data", (piece: Uint8Array) => (text = (text + Buffer.from(piece).toString("utf8")).slice(-4096)));
  return () => text;
}

async function cacheKey(qemu: string): Promise<string> {
  const version = await runProgram(qemu, ["--version"], { seconds: 10 });
  const boot = await readFile("/proc/sys/kernel/random/boot_id").catch(() => Buffer.alloc(0));
  return createHash("sha256").update(boot).update(qemu).update("\0").update(version.stdout).digest("hex");
}

async function keptAnswer(path: string, key: string): Promise<Accelerator | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const [keptKey, kind, ...because] = text.trimEnd().split(" ");
  if (keptKey !== key || (kind !== "kvm" && kind !== "tcg")) return undefined;
  return { kind, because: because.join(" ") };
}

/** A cache that cannot be written costs two seconds at the next boot. */
async function keep(path: string, key: string, { kind, because }: Accelerator): Promise<void> {
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, `${key} ${kind} ${because.replaceAll("\n", " ")}\n`, { mode: 0o600 })
    .then(() => rename(fresh, path))
    .catch(() => undefined);
}
