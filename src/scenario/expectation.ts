import * as z from "zod";
import { parseDuration } from "../config/duration.ts";

/** A time span as in systemd.time(7), in seconds once it is read. */
export const duration = z.string().transform((text, context) => {
  const seconds = parseDuration(text);
  if (seconds !== undefined && Number.isFinite(seconds)) return seconds;
  context.addIssue({ code: "custom", message: 'a time here is written as "90s" or "1min 30s"' });
  return z.NEVER;
});

const words = z.array(z.string().min(1));

const regularExpression = z.string().refine((source) => {
  try {
    return new RegExp(source, "m").source !== "";
  } catch {
    return false;
  }
}, "this is not a regular expression");

/** What a text that grows line by line holds: plain texts, or regular expressions with `^` and `$` for lines. */
export const textExpectation = z.strictObject({
  includes: words.optional(),
  excludes: words.optional(),
  matches: z.array(regularExpression).optional(),
  "matches-not": z.array(regularExpression).optional(),
});

const absent = z.literal("absent");

const mountExpectation = z.strictObject({
  source: z.string().optional(),
  type: z.string().optional(),
  "options-include": words.optional(),
  "options-exclude": words.optional(),
  subvol: z.string().optional().meta({ description: "The subvolume's path in its btrfs, without the first slash" }),
});

const mappingExpectation = z.strictObject({
  type: z
    .string()
    .optional()
    .meta({ description: "How its device-mapper UUID begins, in any case: `crypt`, `crypt-luks2`, `lvm`" }),
  on: z.string().optional().meta({ description: "A block device below it, such as `vda2`" }),
});

const fileExpectation = z.strictObject({
  type: z.enum(["file", "directory", "symlink", "block", "character"]).optional(),
  mode: z
    .string()
    .regex(/^0?[0-7]{3,4}$/, 'a mode is octal: "0644"')
    .optional(),
  owner: z
    .string()
    .regex(/^[0-9]+:[0-9]+$/, 'an owner is "UID:GID"')
    .optional(),
  text: z.string().optional().meta({ description: "The whole of a file up to 4 KiB" }),
  includes: words.optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  target: z.string().optional().meta({ description: "Where a link points to" }),
});

const linkExpectation = z.strictObject({
  addresses: words.optional().meta({ description: "All of them, with their prefix, in any order; not fe80::/10" }),
  "address-matches": z.array(regularExpression).optional(),
  up: z.boolean().optional(),
  mtu: z.int().optional(),
});

const results = ["done", "failed", "dependency", "timeout", "skipped", "canceled", "absent"] as const;

const pair = z.tuple([z.string().min(1), z.string().min(1)]);

const waitExpectation = z.strictObject({
  of: z.string().min(1).meta({ description: "A unit or a step" }),
  "at-least": duration.optional(),
  "at-most": duration.optional(),
});

/** The `[expect]` table. Where it names a unit, a step (`luks:root`) stands for all units made from it. */
export const expectationSchema = z.strictObject({
  end: z.enum(["hand-over", "emergency", "time-out", "panic", "powered-off", "power-cut"]).default("hand-over"),
  shutdown: z.enum(["power-off", "reboot"]).optional().meta({ description: "How the machine went off by itself" }),
  disks: z
    .record(
      z.string().regex(/^[^:]+(:[1-9][0-9]?)?$/, "a disk is NAME, its second partition NAME:2"),
      z.strictObject({ state: z.enum(["clean", "dirty"]) }),
    )
    .optional()
    .meta({ description: "What a file system (ext4) or array (md) on a disk is like when the machine is off" }),
  mounts: z.record(z.string().startsWith("/"), z.union([absent, mountExpectation])).optional(),
  mappings: z.record(z.string(), z.union([absent, mappingExpectation])).optional(),
  "mapping-count": z.int().min(0).optional(),
  modules: z.record(z.string(), z.enum(["loaded", "absent"])).optional(),
  "module-parameters": z.record(z.string().regex(/^[^.]+\..+$/, "MODULE.PARAMETER"), z.string()).optional(),
  links: z
    .record(z.string(), z.union([absent, linkExpectation]))
    .optional()
    .meta({ description: "Links of the network" }),
  routes: textExpectation.optional().meta({ description: "Routes, as ip-route(8) writes them" }),
  files: z.record(z.string().startsWith("/"), z.union([absent, fileExpectation])).optional(),
  units: z.record(z.string(), z.enum(results)).optional(),
  before: z.array(pair).optional().meta({ description: "Pairs: the first had ended when the second began" }),
  overlap: z.array(pair).optional().meta({ description: "Pairs that were at work at the same time" }),
  wait: z.array(waitExpectation).optional().meta({ description: "How long a job ran, by the guest's clock" }),
  console: textExpectation.optional(),
  journal: textExpectation.optional(),
  swap: words.optional().meta({ description: "The devices in use as swap, all of them" }),
  userland: z
    .record(z.string(), textExpectation)
    .optional()
    .meta({ description: "What a real userland reports: `state`, `failed`, `analyze`, `mounts`, …" }),
  findings: z
    .array(z.string().regex(/^U\d+$/, "a finding is named by its code"))
    .optional()
    .meta({ description: "Codes of all that the build reports, each once; not where a stage one is forced on it" }),
  prompts: z.int().min(0).optional().meta({ description: "How often something was asked for on the console" }),
  shell: z
    .string()
    .optional()
    .meta({ description: "A script for stage two; it succeeds, or what it printed is shown" }),
  "nothing-else-failed": z.boolean().default(true),
  "may-fail": words.optional().meta({ description: "Units and steps that may fail; `*` stands for any characters" }),
});

export type Expectation = z.infer<typeof expectationSchema>;
export type TextExpectation = z.infer<typeof textExpectation>;
export type MountExpectation = z.infer<typeof mountExpectation>;
export type LinkExpectation = z.infer<typeof linkExpectation>;
export type FileExpectation = z.infer<typeof fileExpectation>;
