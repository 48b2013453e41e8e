import * as z from "zod";

/** What a file system is filled with: `fill` first, over it `tree`, over that `files`. */
export interface Payload {
  readonly fill?: "stage-two" | "stage-two-usr" | "nothing" | undefined;
  readonly tree?: string | undefined;
  readonly files?: Readonly<Record<string, DeclaredFile>> | undefined;
}

export type DeclaredFile = z.infer<typeof declaredFile>;

const mode = z.string().regex(/^0?[0-7]{3,4}$/, 'a mode is octal: "0644"');
const owner = z.int().min(0).max(0xfffffffe);
const owners = { mode: mode.optional(), uid: owner.optional(), gid: owner.optional() };

const declaredFile = z.union([
  z.string().meta({ description: "The text of a file of mode 0644" }),
  z.strictObject({ text: z.string(), ...owners }),
  z.strictObject({ directory: z.literal(true), ...owners }),
  z.strictObject({ link: z.string().min(1) }),
]);

export const absolutePath = z
  .string()
  .regex(/^(\/(?!\.\.?(\/|$))[^/\p{Cc}]+)+$/u, "a path here is absolute, without `.`, `..`, doubled or final slash");

export const payloadShape = {
  fill: z.enum(["stage-two", "stage-two-usr", "nothing"]).optional().meta({
    description:
      "`stage-two`: the root that reports what it finds and powers off; `stage-two-usr`: the same for a /usr alone",
  }),
  tree: z.string().min(1).optional().meta({ description: "A directory whose files are copied, owned by root" }),
  files: z.record(absolutePath, declaredFile).optional(),
};
