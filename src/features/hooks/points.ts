import type { Place } from "../../plan/place.ts";

type Anywhere<Kind> = Kind extends unknown ? Omit<Kind, "origin"> : never;

/** One of the classic points of a boot: where the script runs its hooks, and how a hook there is written with a place. */
interface Point {
  readonly before?: readonly Anywhere<Place>[];
  readonly after?: readonly Anywhere<Place>[];
  /** The lines that give a hook the like place in a plan; absent where systemd knows the point too. */
  readonly ordered?: string;
}

const everyMount = { is: "every", makes: "mount" } as const;
const everyDevice = { is: "every", makes: "device" } as const;

/** In the order in which they come in a boot. */
export const points: Readonly<Record<PointName, Point>> = {
  "pre-device": { before: [{ is: "every", touches: "device" }], ordered: 'before = ["mount:/"]' },
  "post-device": { after: [everyDevice], before: [everyMount], ordered: 'before = ["mount:/"]' },
  "pre-mount": { after: [everyDevice], before: [everyMount], ordered: 'before = ["mount:/"]' },
  "post-mount": { after: [everyMount], ordered: 'after = ["mount:/"]' },
  "pre-switch-root": { after: [{ is: "every" }], ordered: 'after = ["mount:/"]' },
  "on-failure": {},
};

export const pointNames = [
  "pre-device",
  "post-device",
  "pre-mount",
  "post-mount",
  "pre-switch-root",
  "on-failure",
] as const;
export type PointName = (typeof pointNames)[number];

export function isPoint(name: string): name is PointName {
  return pointNames.some((point) => point === name);
}
