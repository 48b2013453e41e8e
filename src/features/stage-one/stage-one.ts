import * as z from "zod";
import { duration, table } from "../../config/schema.ts";
import { defineFeature } from "../feature.ts";

/** crypt(5): a hash of a method that glibc's libcrypt knows. */
const passwordHash = z
  .string()
  .regex(
    /^\$(y|gy|7|2[aby]|6|5)\$[./A-Za-z0-9$,=]+$/,
    "a password hash of crypt(5) begins with $y$, $6$ or the like; `mkpasswd` makes one",
  );

/** `[stage-one]`: how the initrd runs, whatever it mounts. */
export const stageOne = defineFeature({
  schema: table({
    kind: z.enum(["auto", "systemd", "scripted"]).default("auto").meta({
      description:
        "Which stage one is built: `systemd`, `scripted`, or with `auto` the systemd one if it can do every step, else the script.",
    }),
    "on-unsupported": z.enum(["fallback", "error"]).default("fallback").meta({
      description:
        'What happens with `kind = "auto"` when the systemd stage one cannot do a step: `fallback` builds the script, with a warning, `error` builds nothing.',
    }),
    "emergency-access": z.union([z.boolean(), passwordHash]).default(false).meta({
      description:
        "Who gets a shell when the boot fails: nobody (`false`), anybody at a console (`true`), or who knows the password of this crypt(5) hash.",
      example: "$y$j9T$…",
    }),
    "panic-on-fail": z.boolean().default(false).meta({
      description: "Reboot ten seconds after the boot has failed, instead of staying in emergency mode.",
    }),
    "command-line-shell": z.boolean().default(false).meta({
      description: "Whether `rd.systemd.debug_shell` on the kernel command line opens a shell without a password.",
    }),
    "close-at-shutdown": z.boolean().default(true).meta({
      description:
        "Whether arrays, volumes and encrypted devices below the root are closed when the machine goes off. What does it, systemd-shutdown and its libraries, lies in memory until then, below `/run/initramfs`.",
    }),
    "device-timeout": duration.default(90).meta({
      description:
        "How long to wait for a device that declares no `device-timeout` of its own. The clock stands still while a pass phrase is typed.",
      example: "90s",
    }),
  })
    .prefault({})
    .meta({ description: "How the initrd runs, whatever it mounts." }),
  contribute(value, input) {
    if (value["panic-on-fail"] && value["emergency-access"] !== false) {
      input.report({
        code: "U102",
        severity: "error",
        message: "a machine that reboots when the boot fails never shows the shell of emergency-access",
        hint: "keep one of the two",
        at: [input.originOf("panic-on-fail"), input.originOf("emergency-access")],
      });
    }
    return {};
  },
});
