import * as z from "zod";
import { absolutePath, relativeOrSysrootPath, setOf, table } from "../../config/schema.ts";

const stepId = z
  .string()
  .regex(
    /^[a-z-]+:[^\p{Cc}]+$/u,
    "a step is named after what it does: `mount:/`, `luks:root`; `unitrd graph` shows all",
  );

export const orderedHook = table({
  source: relativeOrSysrootPath.meta({ description: "The script, beside the declaration.", example: "hooks/token.sh" }),
  before: setOf(stepId)
    .default([])
    .meta({ description: "Steps that begin when it has ended.", example: ["mount:/"] }),
  after: setOf(stepId)
    .default([])
    .meta({ description: "Steps that have ended when it begins.", example: ["luks:root"] }),
  programs: setOf(z.string().min(1))
    .default([])
    .meta({
      description: "Programs of the sysroot that it calls, by name or absolute path.",
      example: ["tpm2_unseal"],
    }),
  makes: setOf(absolutePath)
    .default([])
    .meta({ description: "Devices that are there when it has ended.", example: ["/dev/mapper/root"] }),
  nofail: z.boolean().default(false).meta({ description: "Boot on when it fails." }),
});
export type OrderedHook = z.output<typeof orderedHook>;
