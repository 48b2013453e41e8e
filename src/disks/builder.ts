import { basename } from "node:path";
import { withPrivateDirectory } from "../vm/private-directory.ts";
import { devicesOf, type Guest, type GuestJob, guestRoom, runGuest } from "./guest.ts";
import { staticBusybox } from "./reporting.ts";
import { CannotMake } from "./tool.ts";
import type { Builder, BuildOrder } from "./workshop.ts";

/**
 * A builder that boots a guest for all orders that come within a moment of each other: most of its time is the boot.
 * `find` is asked once, when the first disk needs it.
 */
export function guestBuilder(find: () => Promise<Guest>): Builder {
  let waiting: Waiting[] = [];
  let guest: Promise<Guest> | undefined;
  const found = (): Promise<Guest> => (guest ??= find());

  const runAll = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      for (const load of loads(batch)) {
        const problems = await runBatch(
          await found(),
          load.map(({ order }) => order),
        );
        load.forEach(({ done, failed }, index) => {
          const problem = problems[index];
          if (problem === undefined) done();
          else failed(problem);
        });
      }
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  };

  return {
    version: async () => {
      const { tree, kernel } = await found();
      return `${basename(tree)} ${kernel.version}`;
    },
    build: (order) =>
      new Promise((done, failed) => {
        waiting.push({ order, done, failed });
        if (waiting.length > 1) return;
        setTimeout(() => {
          const batch = waiting;
          waiting = [];
          void runAll(batch);
        }, gatherMilliseconds);
      }),
  };
}

interface Waiting {
  readonly order: BuildOrder;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const gatherMilliseconds = 200;

/** As many orders together as one guest has room for. */
function loads(batch: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const result: Waiting[][] = [];
  let room = 0;
  for (const one of batch) {
    room -= devicesOf(one.order);
    if (room < 0) {
      result.push([]);
      room = guestRoom - devicesOf(one.order);
    }
    result.at(-1)?.push(one);
  }
  return result;
}

async function runBatch(guest: Guest, jobs: readonly GuestJob[]): Promise<readonly (CannotMake | undefined)[]> {
  return withPrivateDirectory(async (scratch) => {
    const { statuses, log } = await runGuest(guest, jobs, await staticBusybox(), scratch);
    return statuses.map((status) => {
      if (status === 0) return undefined;
      const how = status === undefined ? "the builder guest did not get to it" : `its script failed (${status})`;
      return new CannotMake("U660", `${how}: ${log.trim().split("\n").slice(-6).join("\n")}`);
    });
  });
}
