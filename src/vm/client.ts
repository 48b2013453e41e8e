import { resolve } from "node:path";
import { monotonicMilliseconds, seconds } from "../host/clock.ts";
import { programPath, startChild } from "../host/processes.ts";
import type { Child } from "../host/processes.ts";
import { byteLog } from "./byte-log.ts";
import type { Moment, Moments } from "./moments.ts";
import type { Forward } from "./nics.ts";
import type { Company } from "./run.ts";

/** A program of this machine that talks to the guest. */
export interface ClientRule {
  readonly at: Moment;
  /**
   * Program and arguments; no shell reads them. `{port}` stands for the first forwarded port on 127.0.0.1, `{port:22}`
   * for the one that leads to port 22 of the guest.
   */
  readonly command: readonly string[];
  readonly stdin: string;
  /** Seconds until it is killed. */
  readonly limit: number;
  /** For so many seconds it is run again until this is what was wanted. */
  readonly retry: number;
  readonly isRight: (result: ClientResult) => boolean;
}

export interface ClientResult {
  /** `waiting`: its moment did not come. `killed`: it ran too long, or longer than the machine. */
  readonly is: "waiting" | "killed" | "ended";
  readonly status?: number;
  readonly tries: number;
  /** Standard output and error of the last try. */
  readonly output: string;
}

export interface Clients extends Company {
  results(): readonly ClientResult[];
}

/** Runs clients in their order, each at its moment but not before the one before it has ended, in a directory. */
export function runClients(
  rules: readonly ClientRule[],
  live: { readonly moments: Moments; readonly forwards: Promise<readonly Forward[]>; readonly directory: string },
): Clients {
  const results: ClientResult[] = rules.map(() => ({ is: "waiting", tries: 0, output: "" }));
  let current: Child | undefined;
  let running = Promise.resolve();
  let isOver = false;

  const run = async (index: number, rule: ClientRule, forwards: readonly Forward[]): Promise<void> => {
    const end = monotonicMilliseconds() + rule.retry * 1000;
    for (let tries = 1; !isOver; tries++) {
      const result = { ...(await attempt(rule, forwards, live.directory, (child) => (current = child))), tries };
      results[index] = result;
      if (rule.isRight(result) || monotonicMilliseconds() >= end) return;
      await live.moments.reached({ after: 0.5 });
    }
  };
  const runAll = async (): Promise<void> => {
    const forwards = await live.forwards;
    for (const [index, rule] of rules.entries()) {
      await live.moments.reached(rule.at);
      running = run(index, rule, forwards);
      await running;
    }
  };
  void runAll();
  return {
    finish: () => running,
    results: () => results,
    async stop() {
      isOver = true;
      await current?.stop();
    },
  };
}

async function attempt(
  rule: ClientRule,
  forwards: readonly Forward[],
  directory: string,
  began: (child: Child) => void,
): Promise<Omit<ClientResult, "tries">> {
  const [program = "", ...args] = rule.command.map((word) => filledIn(word, forwards));
  const path = program.includes("/") ? resolve(directory, program) : programPath(program);
  if (path === undefined) return { is: "ended", status: 127, output: `${program} is not installed on this machine` };
  const child = await startChild(path, args, { channels: 0, directory });
  began(child);
  const said = byteLog(1024 ** 2);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Uint8Array) => said.add(piece));
  child.stdin.end(rule.stdin);
  const patience = seconds(rule.limit);
  const ending = await Promise.race([child.ended, patience.over]);
  patience.cancel();
  if (ending === undefined) await child.stop();
  const output = Buffer.from(said.bytes()).toString("utf8");
  if (ending?.status === undefined) return { is: "killed", output };
  return { is: "ended", status: ending.status, output };
}

/** What stands for a port of this machine in a word of a command. */
const portPlaceholder = /\{port(?::(\d+))?\}/g;

function filledIn(word: string, forwards: readonly Forward[]): string {
  return word.replaceAll(portPlaceholder, (_, guest: string | undefined) => {
    const forward = guest === undefined ? forwards[0] : forwards.find(({ port }) => port === Number(guest));
    return String(forward?.hostPort ?? 0);
  });
}
