import * as z from "zod";
import { duration, type Expectation } from "./expectation.ts";
import { faultSchema, type FaultWanted } from "./fault.ts";
import { momentSchema, type Moment } from "./moment.ts";
import { clientSchema, type ClientWanted } from "./network.ts";
import { expectationsSchema } from "./per-stage-one.ts";

const typing = z.strictObject({
  when: z.string().min(1).meta({ description: "What the console shows before" }),
  at: z
    .enum(["console", "keyboard"])
    .default("console")
    .meta({ description: "`keyboard`: by the keys of a US keyboard, with a screen; for keymaps" }),
  text: z.string().meta({ description: "What is typed, without the final Enter" }),
  after: duration.optional().meta({ description: "How long the person takes" }),
});

/** What happens in one boot and what must come true of it. */
const ownShape = {
  missing: z.array(z.string()).default([]).meta({ description: "Names of disks that are not attached" }),
  fault: z.record(z.string(), faultSchema).default({}).meta({ description: "What is wrong with a disk, by its name" }),
  type: z.array(typing).default([]),
  client: z.array(clientSchema).default([]).meta({ description: "Programs of this machine that talk to the guest" }),
  script: z.string().optional().meta({ description: "What stage two runs before it reports" }),
  "power-cut": momentSchema.optional().meta({ description: "When the machine loses its power" }),
  expect: expectationsSchema.prefault({}),
};

const appended = z.string().meta({ description: "More words for the kernel command line" });
const limit = duration.meta({ description: "After so long the boot counts as stuck" });

/** The keys of a scenario that are about its first boot. */
export const firstBootShape = { ...ownShape, append: appended.default(""), limit: limit.prefault("120s") };

/** `[[then]]`: the machine is booted again, on the same disks. */
export const thenSchema = z.strictObject({
  ...ownShape,
  name: z.string().min(1).optional().meta({ description: "For people, and for variants to change it" }),
  append: appended.optional(),
  limit: limit.optional(),
});

/** One boot of a scenario. */
export interface BootWanted {
  /** Where its keys are: none for the first boot, `then` and its number for a later one. */
  readonly path: readonly (string | number)[];
  /** For people; absent for a boot that is the only one. */
  readonly name?: string;
  readonly append: string;
  readonly limit: number;
  readonly missing: readonly string[];
  readonly fault: Readonly<Record<string, FaultWanted>>;
  readonly type: readonly z.infer<typeof typing>[];
  readonly client: readonly ClientWanted[];
  readonly script?: string | undefined;
  readonly "power-cut"?: Moment | undefined;
  readonly expect: Expectation;
}

/** The boots of a scenario in their order. What a later one does not say of `append` and `limit` is as in the first. */
export function bootsOf(
  scenario: Omit<BootWanted, "path" | "name"> & { readonly then: readonly z.infer<typeof thenSchema>[] },
): readonly BootWanted[] {
  const { append, limit: limited } = scenario;
  const first = { ...scenario, path: [], ...(scenario.then.length === 0 ? {} : { name: "the first boot" }) };
  return [
    first,
    ...scenario.then.map((boot, index) => ({
      ...boot,
      path: ["then", index],
      name: boot.name ?? `boot ${index + 2}`,
      append: boot.append ?? append,
      limit: boot.limit ?? limited,
    })),
  ];
}
