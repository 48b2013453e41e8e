import * as z from "zod";

/** What a device of a machine is good for before its real system runs; a device below it counts for it too. */
export const hostUses = ["storage", "input", "usb", "display", "network"] as const;
export type HostUse = (typeof hostUses)[number];

const cpu = z.strictObject({
  /** As the kernel numbers them (arch/x86/include/asm/processor.h): 0 Intel, 2 AMD. */
  vendor: z.int().nonnegative(),
  family: z.int().nonnegative(),
  model: z.int().nonnegative(),
});

/** A line of text as the kernel prints it. */
const word = z.string().regex(/^[^\p{Cc}]{1,1024}$/u);

const device = z.strictObject({
  /** Below /sys, for people. */
  path: word,
  modalias: word.optional(),
  /** The module that drives it now. */
  module: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  uses: z.array(z.enum(hostUses)).min(1),
});

const report = z.strictObject({
  "unitrd-host": z.literal(1),
  cpu: cpu.optional(),
  devices: z.array(device),
});

/** What is known of a machine: the devices that matter at boot, and who would drive them. */
export type HostReport = z.output<typeof report>;
export type HostDevice = z.output<typeof device>;
export type HostCpu = z.output<typeof cpu>;

/** Reads what `unitrd host` printed; the answer is the end of a sentence when it is something else. */
export function parseHostReport(text: string): HostReport | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  const parsed = report.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  return where === "" ? "it is no such object" : `${where} is not what it says there`;
}
