import { monotonicMilliseconds, seconds } from "../host/clock.ts";
import type { Timer } from "../host/clock.ts";
import { startChild } from "../host/processes.ts";
import type { Ending } from "../host/processes.ts";
import { byteLog } from "./byte-log.ts";
import { consoleText } from "./console-text.ts";
import { attachKeyboard } from "./keyboard.ts";
import { qemuArguments } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { moments } from "./moments.ts";
import type { Moment, Moments } from "./moments.ts";
import { openMonitor } from "./monitor.ts";
import type { Monitor } from "./monitor.ts";
import { attachTerminal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { typist } from "./typing.ts";
import type { TypingRule } from "./typing.ts";

export interface RunOptions {
  /** Absolute path of qemu-system-x86_64. */
  readonly qemu: string;
  /** Its first serial console is on stdio; its other channels may use descriptors 3 … 2 + `channels`. */
  readonly machine: Machine;
  readonly channels: number;
  /** Index of the channel that is the machine's monitor. The machine is paused until it was used. */
  readonly monitor: number;
  /** Done before the machine runs. */
  readonly prepare?: (monitor: Monitor) => Promise<void>;
  /** What is done to the machine, each at its moment. */
  readonly happenings?: readonly Happening[];
  /** When it loses its power. */
  readonly powerCut?: Moment;
  /** What runs beside the machine. */
  readonly company?: (live: { readonly monitor: Monitor; readonly moments: Moments }) => Company;
  /** After so many seconds the machine is stopped. Each key that a person presses starts them anew. */
  readonly limit: number;
  readonly typing: readonly TypingRule[];
  /** Somebody watches and types. */
  readonly terminal?: Terminal;
  readonly signal?: AbortSignal;
  /** Called for what the guest sends through a channel; the first has index 0. */
  readonly onChannel: (index: number, piece: Uint8Array) => void;
  /** Called with each piece of console text. */
  readonly onConsole?: (text: string) => void;
  /** Asked whenever something came: the machine is stopped `now`, or some seconds from now, when it has said the rest. */
  readonly isOver: () => "no" | "soon" | "now";
}

export interface Happening {
  readonly at: Moment;
  /** Throws when QEMU refuses it, which is a mistake of ours. */
  readonly act: (monitor: Monitor) => Promise<void>;
}

export interface Company {
  /** Resolves when it does nothing; it is given some seconds for that when the boot is over. */
  finish(): Promise<void>;
  /** Ends what still runs. */
  stop(): Promise<void>;
}

export interface RunResult {
  /** Why it ended. `exited`: QEMU did by itself. `left`: the person pressed the key. */
  readonly because: "over" | "exited" | "limit" | "left" | "interrupted" | "cut";
  readonly ending: Ending;
  /** How the guest asked to be off. */
  readonly shutdown?: "power-off" | "reboot";
  /** The console as it came; of a long one the beginning and the end. */
  readonly console: Uint8Array;
  /** The same without escape sequences. */
  readonly consoleText: string;
  /** What QEMU itself complained about. */
  readonly complaint: string;
  /** Wall time. */
  readonly seconds: number;
  /** Rules whose text never appeared. */
  readonly untyped: readonly TypingRule[];
  /** Texts that something was to happen at and that never appeared. */
  readonly unheard: readonly string[];
}

/** Runs one QEMU to its end, which it brings about by `limit`, `isOver`, the signal or the leave key. Leaves nothing behind. */
export async function runQemu(options: RunOptions): Promise<RunResult> {
  const began = monotonicMilliseconds();
  const child = await startChild(options.qemu, qemuArguments(options.machine), { channels: options.channels });
  const raw = byteLog();
  const visible = byteLog();
  const complaint = byteLog(64 * 1024);
  const text = consoleText();
  const fingers = typist(options.typing);
  const timers = new Set<Timer>();
  const channel = child.channels[options.monitor];
  if (channel === undefined) throw new Error("a machine without a monitor is never let run");
  let shutdown: RunResult["shutdown"];
  const monitor = openMonitor(channel, ({ name, data }) => {
    if (name !== "SHUTDOWN" || data["guest"] !== true) return;
    shutdown = data["reason"] === "guest-reset" ? "reboot" : "power-off";
  });
  const keyboard = attachKeyboard(monitor);
  const shown = moments();
  const unheard = new Set<string>();
  const company = options.company?.({ monitor, moments: shown });
  const stopping = deadline(options.limit);

  const type = async (rule: TypingRule) => {
    const pause = seconds(rule.after ?? 0.3);
    timers.add(pause);
    await pause.over;
    timers.delete(pause);
    if (rule.keyboard === true) keyboard.press(rule.type);
    else child.stdin.write(rule.type);
  };
  const look = () => {
    const over = options.isOver();
    if (over === "now") stopping.stop("over");
    if (over === "soon") stopping.soon();
  };
  const session =
    options.terminal &&
    attachTerminal(options.terminal, {
      keys: (keys) => {
        stopping.again();
        child.stdin.write(keys);
      },
      leave: () => stopping.stop("left"),
    });
  const onAbort = () => stopping.stop("interrupted");
  options.signal?.addEventListener("abort", onAbort);
  if (options.signal?.aborted === true) onAbort();

  child.stdout.on("data", (piece: Uint8Array) => {
    raw.add(piece);
    session?.show(piece);
    const heard = text.add(piece);
    visible.add(Buffer.from(heard));
    options.onConsole?.(heard);
    shown.hear(heard);
    for (const rule of fingers.hear(heard)) void type(rule);
    look();
  });
  child.stderr.on("data", (piece: Uint8Array) => complaint.add(piece));
  const drained = child.channels.map((one, index) => {
    if (one !== channel) {
      one.on("data", (piece: Uint8Array) => {
        options.onChannel(index, piece);
        look();
      });
    }
    return new Promise<void>((resolve) => one.once("close", resolve));
  });

  const comes = async ({ when, after }: Moment): Promise<void> => {
    if (when !== undefined) {
      unheard.add(when);
      await shown.reached({ when });
      unheard.delete(when);
    }
    if (after !== undefined) await shown.reached({ after });
  };
  const refused = new Promise<never>((_, reject) => {
    void begin(options, monitor, comes).catch(reject);
  });
  if (options.powerCut !== undefined) void comes(options.powerCut).then(() => stopping.stop("cut"));

  try {
    const exited = child.ended.then(() => "exited" as const);
    const because = await Promise.race([stopping.reached, exited, refused]);
    await settle(company, because);
    const ending = because === "cut" ? await child.kill() : await child.stop();
    // What the guest sent last is still in the sockets when QEMU is gone.
    const patience = seconds(1);
    await Promise.race([Promise.all(drained), patience.over]);
    patience.cancel();
    return {
      because,
      ending,
      ...(shutdown === undefined ? {} : { shutdown }),
      console: raw.bytes(),
      consoleText: Buffer.from(visible.bytes()).toString("utf8"),
      complaint: Buffer.from(complaint.bytes()).toString("utf8"),
      seconds: (monotonicMilliseconds() - began) / 1000,
      untyped: fingers.waiting(),
      unheard: [...unheard],
    };
  } finally {
    session?.detach();
    stopping.cancel();
    for (const timer of timers) timer.cancel();
    shown.cancel();
    keyboard.detach();
    await company?.stop();
    options.signal?.removeEventListener("abort", onAbort);
    await child.stop();
  }
}

/** Lets the machine run, and does to it what is to be done. Throws what QEMU refuses. */
async function begin(options: RunOptions, monitor: Monitor, comes: (moment: Moment) => Promise<void>): Promise<void> {
  await options.prepare?.(monitor);
  await monitor.command("cont");
  const happen = async ({ at, act }: Happening) => {
    await comes(at);
    await act(monitor);
  };
  await Promise.all((options.happenings ?? []).map(happen));
}

async function settle(company: Company | undefined, because: RunResult["because"]): Promise<void> {
  if (company === undefined || because !== "over") return;
  const patience = seconds(companyPatience);
  await Promise.race([company.finish(), patience.over]);
  patience.cancel();
}

/** For a client whose server has just gone with the machine. */
const companyPatience = 3;

type Stop = Exclude<RunResult["because"], "exited">;

/** The first reason to stop, of which the time is one. */
function deadline(limit: number) {
  let settle: (because: Stop) => void = () => undefined;
  const reached = new Promise<Stop>((resolve) => (settle = resolve));
  let timer: Timer | undefined;
  let settling: Timer | undefined;
  let latest: number | undefined;
  const again = () => {
    timer?.cancel();
    timer = seconds(limit);
    void timer.over.then(() => settle("limit"));
  };
  again();
  return {
    reached,
    again,
    stop: (because: Stop) => settle(because),
    soon() {
      latest ??= monotonicMilliseconds() + longestSettling * 1000;
      settling?.cancel();
      settling = seconds(Math.min(settlingTime, Math.max(0, (latest - monotonicMilliseconds()) / 1000)));
      void settling.over.then(() => settle("over"));
    },
    cancel() {
      timer?.cancel();
      settling?.cancel();
    },
  };
}

/** Of silence: enough for a slow guest to print what follows a decision, such as the message of emergency mode. */
const settlingTime = 4;

/** Then it is stopped though it goes on talking. */
const longestSettling = 15;
