import type { Report } from "../diagnostics/diagnostic.ts";
import type { Tree } from "../sysroot/tree.ts";
import { probeAccelerator } from "./accelerator.ts";
import type { Accelerator } from "./accelerator.ts";
import { bootFiles } from "./boot-files.ts";
import type { BootFiles, GivenCredential } from "./boot-files.ts";
import { byteLog } from "./byte-log.ts";
import { runClients } from "./client.ts";
import type { ClientResult, ClientRule, Clients } from "./client.ts";
import { readJournal } from "./journal.ts";
import type { JournalEntry } from "./journal-entry.ts";
import type { Disk } from "./disk.ts";
import type { Machine } from "./machine.ts";
import type { Moment } from "./moments.ts";
import { forwardsOf, pullCables, setCarrier } from "./nics.ts";
import type { Forward, Nic } from "./nics.ts";
import { consoleVerdict, exitStatuses, judge, panicText } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { plugIn, unplug } from "./faulty-disk.ts";
import { uefi } from "./firmware.ts";
import type { Monitor } from "./monitor.ts";
import { withPrivateDirectory } from "./private-directory.ts";
import { requirements } from "./requirements.ts";
import { parseReports } from "./report.ts";
import type { GuestReport, Reports } from "./report.ts";
import { runQemu } from "./run.ts";
import type { Happening, RunResult } from "./run.ts";
import type { Terminal } from "./terminal.ts";
import { noVirtiofsd, type SharedDirectory, startShares } from "./shared-directory.ts";
import { startTpm } from "./tpm.ts";
import { bootTimeline } from "./timeline.ts";
import type { BootTimeline } from "./timeline.ts";
import type { TypingRule } from "./typing.ts";

export interface BootOptions {
  /** A file that is booted as it is; the observer is appended to a copy. */
  readonly initrd: string;
  readonly kernel: string;
  /** Where the kernel's modules are, for the drivers that the report needs. Without it the second serial line serves. */
  readonly modules?: { readonly tree: Tree; readonly directory: string };
  /** Where unitrd's own `templates` and `units` are. */
  readonly house: { readonly templates: string; readonly units: string };
  /** Words for the kernel, besides `console=ttyS0 panic=-1 no_timer_check`. */
  readonly commandLine?: readonly string[];
  readonly disks?: readonly Disk[];
  readonly machine?: Machine["kind"];
  /** MiB; default 1024. */
  readonly memory?: number;
  readonly cpus?: number;
  readonly icountShift?: number;
  readonly credentials?: readonly GivenCredential[];
  /** A VGA screen and a keyboard, for typing rules that say so. */
  readonly screen?: boolean;
  readonly nics?: readonly (Nic & { /** When the cable that is not in is put in. */ readonly carrierAt?: Moment })[];
  /** Takes the place of the firmware that QEMU brings; the variables are kept in this file. */
  readonly uefiVariables?: string;
  /** A TPM 2.0 whose state is kept in this directory. */
  readonly tpmState?: string;
  readonly shares?: readonly SharedDirectory[];
  /** What happens to disks, by their place among `disks`; each has a fault that allows it. */
  readonly moves?: readonly DiskMoves[];
  readonly powerCut?: Moment;
  /** Programs of this machine that talk to the guest, and the directory that they run in. */
  readonly clients?: { readonly rules: readonly ClientRule[]; readonly directory: string };
  /** Files that lie below /run/unitrd when the initrd hands over, by name. */
  readonly handed?: Readonly<Record<string, string>>;
  readonly extra?: readonly string[];
  /** A name to look for in `PATH`, or an absolute path. */
  readonly qemu?: string;
  readonly busybox?: string;
  readonly accelerator?: Accelerator["kind"];
  readonly cacheDirectory?: string;
  readonly typing?: readonly TypingRule[];
  /** Seconds; default 120. A person's keys start them anew. */
  readonly limit?: number;
  /**
   * What ends the boot, besides its end: default `hand-over`, and `power-off` for a person at a terminal. `off`: a real
   * root powers the machine off, and a boot that fails is ended.
   */
  readonly until?: "hand-over" | "stage-two" | "off" | "power-off";
  readonly terminal?: Terminal;
  readonly signal?: AbortSignal;
  readonly onAccelerator?: (accelerator: Accelerator) => void;
  /** Console text as it comes, without escape sequences. */
  readonly onConsole?: (text: string) => void;
}

/** When a disk comes and goes. */
export interface DiskMoves {
  readonly disk: number;
  readonly arrives?: Moment;
  readonly leaves?: Moment;
  readonly returns?: Moment;
}

export interface BootResult {
  readonly outcome: Outcome;
  /** See `exitStatuses`. */
  readonly exitStatus: number;
  readonly reports: readonly GuestReport[];
  /** All that came through the port, for what reports in a form of its own. */
  readonly port: Uint8Array;
  readonly console: Uint8Array;
  readonly consoleText: string;
  /** From the last report that has one; empty where none has. */
  readonly journal: readonly JournalEntry[];
  readonly timeline: BootTimeline;
  readonly accelerator: Accelerator;
  /** Wall time of QEMU. */
  readonly seconds: number;
  readonly untyped: readonly TypingRule[];
  /** The power was cut. */
  readonly isCut: boolean;
  /** How the guest asked to be off. */
  readonly shutdown?: "power-off" | "reboot";
  /** What became of each of the clients. */
  readonly clients: readonly ClientResult[];
}

/**
 * Boots an initrd in QEMU, observed and bounded. Whatever the guest does is an outcome; `undefined`, with errors reported
 * (U600 to U604), means that nothing could be started.
 */
export async function boot(options: BootOptions, report: Report): Promise<BootResult | undefined> {
  const needed = requirements(options, report);
  if (needed === undefined) return undefined;
  const accelerator = await probeAccelerator({
    qemu: needed.qemu,
    ...(options.accelerator === undefined ? {} : { wanted: options.accelerator }),
    ...(options.cacheDirectory === undefined ? {} : { cacheDirectory: options.cacheDirectory }),
  });
  options.onAccelerator?.(accelerator);
  return withPrivateDirectory(async (directory) => {
    const files = await bootFiles(directory, options, needed.busybox, report);
    if (files === undefined) return undefined;
    const firmware = options.uefiVariables === undefined ? undefined : await uefi(options.uefiVariables, report);
    if (options.uefiVariables !== undefined && firmware === undefined) return undefined;
    const stream = byteLog(largestReport);
    const { swtpm } = needed;
    const tpm = swtpm === undefined ? undefined : await startTpm(swtpm, options.tpmState ?? "", directory);
    const shares = await startShares(options.shares ?? [], options.memory ?? defaultMemory, directory);
    if (shares === undefined) report(noVirtiofsd);
    if (shares === undefined) return undefined;
    try {
      const ordinary = machineOf(options, files, accelerator);
      const machine: Machine = {
        ...ordinary,
        extra: [...ordinary.extra, ...shares.args],
        ...(firmware && { firmware }),
        ...(tpm && { tpm: tpm.socket }),
      };
      const run = await observedRun(options, needed.qemu, machine, stream);
      return await bootResult(options, run, stream.bytes(), accelerator, report);
    } finally {
      await shares.stop();
      await tpm?.stop();
    }
  });
}

const largestReport = 256 * 1024 ** 2;
const defaultLimit = 120;
const defaultMemory = 1024;

function machineOf(options: BootOptions, files: BootFiles, accelerator: Accelerator): Machine {
  return {
    kind: options.machine ?? "q35",
    accelerator: accelerator.kind,
    memory: options.memory ?? defaultMemory,
    cpus: options.cpus ?? 1,
    kernel: files.kernel,
    initrd: files.initrd,
    // A busy host lets an emulated timer miss its moment, which the kernel takes for broken hardware and panics.
    commandLine: ["console=ttyS0", "panic=-1", "no_timer_check", ...(options.commandLine ?? [])],
    serials: [{ is: "stdio" }, { is: "descriptor", descriptor: 4 }],
    disks: files.disks,
    ports: [{ name: "org.unitrd.report", channel: { is: "descriptor", descriptor: 3 } }],
    credentials: files.credentials,
    ...(options.icountShift === undefined ? {} : { icountShift: options.icountShift }),
    ...(options.nics === undefined ? {} : { nics: options.nics }),
    monitor: { is: "descriptor", descriptor: 5 },
    isPaused: true,
    extra: [...(options.screen === true ? ["-vga", "std"] : []), ...(options.extra ?? [])],
  };
}

async function observedRun(
  options: BootOptions,
  qemu: string,
  machine: Machine,
  stream: ReturnType<typeof byteLog>,
): Promise<RunResult & { readonly clients: readonly ClientResult[] }> {
  let reports: Reports = { whole: [], torn: [] };
  let recent = "";
  // Two lines lead here and are never used at once, but a byte of one must not fall into a report of the other.
  const serialLine = byteLog(largestReport);
  const latest = ["", ""];
  const nics = options.nics ?? [];
  const forwards = later<readonly Forward[]>();
  let clients: Clients | undefined;
  const run = await runQemu({
    qemu,
    machine,
    channels: 3,
    monitor: 2,
    async prepare(monitor) {
      await pullCables(nics, monitor);
      forwards.give(await forwardsOf(nics, monitor));
    },
    happenings: happeningsOf(options),
    ...(options.powerCut === undefined ? {} : { powerCut: options.powerCut }),
    company: ({ moments }) =>
      (clients = runClients(options.clients?.rules ?? [], {
        moments,
        forwards: forwards.value,
        directory: options.clients?.directory ?? "/",
      })),
    limit: options.limit ?? defaultLimit,
    typing: options.typing ?? [],
    ...(options.terminal === undefined ? {} : { terminal: options.terminal }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onChannel(index, piece) {
      const line = index === 0 ? stream : serialLine;
      line.add(piece);
      // A slow line brings a few bytes at a time, and a report is read again only when one may have ended.
      const fresh = (latest[index] ?? "") + Buffer.from(piece).toString("latin1");
      if (fresh.includes("end\n")) reports = parseReports(line.bytes());
      latest[index] = fresh.slice(-3);
    },
    onConsole(text) {
      recent = (recent + text).slice(-4096);
      options.onConsole?.(text);
    },
    isOver: () => isOver(reports, recent, options),
  });
  stream.add(serialLine.bytes());
  return { ...run, clients: clients?.results() ?? [] };
}

function happeningsOf(options: BootOptions): readonly Happening[] {
  const { nics = [], disks = [], moves = [] } = options;
  const cables = nics.flatMap(({ carrierAt }, index): readonly Happening[] =>
    carrierAt === undefined ? [] : [{ at: carrierAt, act: (monitor) => setCarrier(index, true, monitor) }],
  );
  return [...cables, ...moves.flatMap((move) => movesOf(move, disks[move.disk], options))];
}

/** A disk returns at its moment, but not before it has left. */
function movesOf(
  { disk: index, arrives, leaves, returns }: DiskMoves,
  disk: Disk | undefined,
  options: BootOptions,
): readonly Happening[] {
  if (disk === undefined) return [];
  const gone = later<undefined>();
  const plug = (at: Moment, after: Promise<unknown>): Happening => ({
    at,
    async act(monitor) {
      await after;
      await plugIn(disk, index, options.machine ?? "q35", monitor);
    },
  });
  return [
    ...(arrives === undefined ? [] : [plug(arrives, Promise.resolve())]),
    ...(leaves === undefined
      ? []
      : [{ at: leaves, act: (monitor: Monitor) => unplug(index, monitor).then(() => gone.give(undefined)) }]),
    ...(returns === undefined ? [] : [plug(returns, gone.value)]),
  ];
}

function later<Value>() {
  let give: (value: Value) => void = () => undefined;
  const value = new Promise<Value>((resolve) => (give = resolve));
  return { value, give: (one: Value) => give(one) };
}

function isOver(reports: Reports, recent: string, options: BootOptions): "no" | "soon" | "now" {
  const until = options.until ?? (options.terminal === undefined ? "hand-over" : "power-off");
  if (until === "power-off") return "no";
  const events = reports.whole.map(({ event }) => event);
  if (events.includes("stage-two")) return until === "off" ? "no" : "now";
  if (until === "hand-over" && events.includes("switched")) return "now";
  if (events.includes("emergency") || panicText(recent) !== undefined) return "soon";
  // Only a guest that reports nothing is judged by its words.
  const seen = events.length > 0 ? undefined : consoleVerdict(recent);
  return seen?.is === "emergency" || (seen !== undefined && until === "hand-over") ? "soon" : "no";
}

async function bootResult(
  options: BootOptions,
  run: RunResult & { readonly clients: readonly ClientResult[] },
  port: Uint8Array,
  accelerator: Accelerator,
  report: Report,
): Promise<BootResult> {
  const reports = parseReports(port);
  const outcome = judge({ ...run, reports, limit: options.limit ?? defaultLimit });
  if (reports.torn.length > 0) {
    report({
      code: "U608",
      severity: "warning",
      message: `the guest's report of ${reports.torn.join(", ")} is not whole`,
      at: [],
    });
  }
  if (outcome.guessed) {
    report({
      code: "U609",
      severity: "warning",
      message: `the guest did not report how its boot ended: ${outcome.because}, and that is a guess`,
      at: [],
    });
  }
  for (const rule of run.untyped) {
    report({
      code: "U607",
      severity: "warning",
      message: `${JSON.stringify(rule.when)} never appeared on the console, so nothing was typed`,
      at: [],
    });
  }
  for (const when of run.unheard) {
    report({
      code: "U693",
      severity: "warning",
      message: `${JSON.stringify(when)} never appeared on the console, so what was to happen then did not`,
      at: [],
    });
  }
  const archive = reports.whole.findLast(({ journal }) => journal !== undefined)?.journal;
  const journal = archive === undefined ? [] : await readJournal(archive, report);
  return {
    outcome,
    exitStatus: exitStatuses[outcome.is].status,
    reports: reports.whole,
    port,
    console: run.console,
    consoleText: run.consoleText,
    journal,
    timeline: bootTimeline(journal),
    accelerator,
    seconds: run.seconds,
    untyped: run.untyped,
    isCut: run.because === "cut",
    ...(run.shutdown === undefined ? {} : { shutdown: run.shutdown }),
    clients: run.clients,
  };
}
