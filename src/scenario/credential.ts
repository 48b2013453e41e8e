import * as z from "zod";
import type { Mistake } from "./mistake.ts";

/** systemd-creds(1): a credential's name is a file name. */
const name = z
  .string()
  .regex(/^(?!\.\.?$)[A-Za-z0-9_.@-]{1,200}$/, "the name of a credential has letters, digits, dot, dash, underscore");

const value = z.string().regex(/^[^\0]*$/, "a credential here has no NUL");

const ways = ["smbios", "fw-cfg", "command-line"] as const;

/** `[credentials]`: what the machine is handed beside its disks. */
export const credentialsSchema = z.record(
  name,
  z.union(
    [
      value.transform((text) => ({ value: text, by: "smbios" as const })),
      z.strictObject({ value, by: z.enum(ways).default("smbios") }),
    ],
    { error: 'a credential is "text" or { value = "text", by = "smbios" } (or fw-cfg, command-line)' },
  ),
);

export type CredentialsWanted = z.infer<typeof credentialsSchema>;

export function credentialMistakes(credentials: CredentialsWanted, machine: string): readonly Mistake[] {
  return Object.entries(credentials).flatMap(([key, { by, value: text }]): readonly Mistake[] => {
    const path = ["credentials", key];
    if (by === "smbios" && machine === "microvm") {
      const hint = 'say by = "fw-cfg" or by = "command-line"';
      return [{ code: "U694", message: "a microvm has no SMBIOS", hint, path }];
    }
    if (by === "command-line" && /[\s"]/.test(text)) {
      const message = "a credential on the kernel command line has no blank and no quote in it";
      return [{ code: "U694", message, path }];
    }
    return [];
  });
}
