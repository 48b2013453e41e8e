import type { Origin } from "../diagnostics/diagnostic.ts";

/** Something that one step makes and another needs. */
export type Resource =
  | {
      readonly is: "device";
      readonly names: readonly [DeviceName, ...DeviceName[]];
      /** Whether it may have partitions, which are then made with it: /dev/md0p1, /dev/md/root1. */
      readonly partitions?: boolean;
    }
  | { readonly is: "mount"; readonly path: string }
  | { readonly is: "secret"; readonly name: string }
  | { readonly is: "network"; readonly link?: string }
  | { readonly is: "milestone"; readonly name: Milestone }
  /** That a step, by its id, is done: every step makes this of itself. */
  | { readonly is: "step"; readonly id: string };

/** An absolute path below /dev; found devices are spelt as their udev link (`/dev/disk/by-uuid/…`). */
export type DeviceName = `/dev/${string}`;

/**
 * `console-ready`: keymap and font are set, a prompt can be answered.
 * `resume-decided`: the machine has resumed from hibernation or will not; from here on storage may be written.
 * `root-ready`: everything that the real system must find in place is in place.
 */
export type Milestone = "console-ready" | "resume-decided" | "root-ready";

/** Who may satisfy a need: a declared step, the machine itself, or whichever does. */
export type Source = "step" | "hardware" | "either";

export type Need =
  | {
      readonly is: "one";
      readonly of: Resource;
      readonly from: Source;
      /** `wants`: go on without it; `order`: only come after it, if it is there at all. */
      readonly strength: "requires" | "wants" | "order";
      /** Seconds to wait for a device; the clock starts only when every step that could make it has ended. */
      readonly seconds?: number;
      /** What is said besides when the device has not appeared in time: `, with all devices of its btrfs`. */
      readonly late?: string;
      readonly origin: Origin;
    }
  | {
      readonly is: "first-of";
      readonly ways: readonly { readonly way: string; readonly needs: readonly Need[]; readonly seconds?: number }[];
    }
  | { readonly is: "at-least"; readonly count: number; readonly of: readonly Need[]; readonly seconds?: number };

export function sameResource(a: Resource, b: Resource): boolean {
  switch (a.is) {
    case "device":
      return b.is === "device" && (a.names.some((name) => b.names.includes(name)) || hasPart(a, b) || hasPart(b, a));
    case "mount":
      return b.is === "mount" && a.path === b.path;
    case "secret":
      return b.is === "secret" && a.name === b.name;
    case "network":
      return b.is === "network" && a.link === b.link;
    case "milestone":
      return b.is === "milestone" && a.name === b.name;
    case "step":
      return b.is === "step" && a.id === b.id;
  }
}

type Device = Extract<Resource, { is: "device" }>;

/** Whether one of the names of `part` is that of a partition of `whole`: a `p` and a number where the name ends with one. */
function hasPart(whole: Device, part: Device): boolean {
  if (whole.partitions !== true) return false;
  return whole.names.some((name) => {
    const ending = /\d$/.test(name) ? /^p\d+$/ : /^p?\d+$/;
    return part.names.some((other) => other.startsWith(name) && ending.test(other.slice(name.length)));
  });
}

/** For sentences: `the device /dev/mapper/root`. */
export function describeResource(resource: Resource): string {
  switch (resource.is) {
    case "device":
      return `the device ${resource.names[0]}`;
    case "mount":
      return `a mount at ${resource.path}`;
    case "secret":
      return `the secret ${resource.name}`;
    case "network":
      return resource.link === undefined ? "the network" : `the network link ${resource.link}`;
    case "milestone":
      return `the milestone ${resource.name}`;
    case "step":
      return `the end of ${resource.id}`;
  }
}
