import * as z from "zod";
import { absolutePath, relativeOrSysrootPath, setOf, table } from "../../config/schema.ts";

const stepId = z
  .string()
  .regex(
    /^[a-z-]+:[^\p{Cc}]+$/u,
    "a step is named after what it does: `mount:/`, `luks:root`; `unitrd graph` shows all",
  );

const word = z
  .string()
  .min(1)
  .regex(/^[^\0]*$/, "a word of a command has no NUL");

export const secret = table({
  file: relativeOrSysrootPath.optional().meta({
    description: "A file that holds it, beside the declaration, or an absolute path in the sysroot.",
    example: "keys/token",
  }),
  command: z
    .array(word)
    .min(1)
    .optional()
    .meta({
      description:
        "A program and its arguments, run by the build in the directory of the declaration, without a shell. What it writes on its standard output is the secret, to the last byte.",
      example: ["pass", "show", "server/token"],
    }),
  credential: relativeOrSysrootPath.optional().meta({
    description:
      "A file that `systemd-creds encrypt --name=NAME` made with the key of the machine's TPM, or with none. The initrd decrypts it before other steps begin.",
    example: "token.cred",
  }),
  path: absolutePath
    .optional()
    .meta({ description: "Where it lies in the initrd; default `/etc/unitrd/secrets/NAME`.", example: "/etc/token" }),
  keep: z.boolean().default(false).meta({
    description:
      "Hand it to the real system, as `/run/unitrd/secrets/NAME`. Without this it is overwritten and deleted at the hand-over.",
  }),
  before: setOf(stepId)
    .optional()
    .meta({
      description: "Steps that need the decrypted `credential`; without this every step waits for it.",
      example: ["luks:root"],
    }),
});
export type DeclaredSecret = z.output<typeof secret>;

/** Where the initrd has a secret. */
export function secretPath(name: string, { path }: DeclaredSecret): string {
  return path ?? `/etc/unitrd/secrets/${name}`;
}
