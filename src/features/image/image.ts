import * as z from "zod";
import { name, relativeOrSysrootPath, setOf, table } from "../../config/schema.ts";
import { defineFeature } from "../feature.ts";
import { driverTakes, driverWords } from "./drivers.ts";
import { microcodeTakes } from "./microcode.ts";

const compressions = ["zstd", "gzip", "xz", "lz4", "none"] as const;

/** `[image]`: what the image is made from and for. */
export const image = defineFeature({
  schema: table({
    kernel: name.optional().meta({
      description: "A directory of the sysroot's `lib/modules`. Default: the newest.",
      example: "6.12.0-amd64",
    }),
    drivers: z
      .union([z.enum(["declared", "virtio", "host", "generic"]), setOf(z.enum(driverWords)).min(1)])
      .default("virtio")
      .meta({
        description:
          'Which drivers go in besides those that the declaration implies: `declared` none, `virtio` those of virtual machines, `host` those of a machine (see `host`), `generic` those that start any machine from its own disks. Or a list of kinds, as in `["storage", "input"]`.',
        example: "generic",
      }),
    host: relativeOrSysrootPath.optional().meta({
      description:
        "The machine that `host` means, as `unitrd host` reported it. Default: the machine on which the image is built.",
      example: "host.json",
    }),
    microcode: z
      .union([z.literal(false), z.enum(["host", "all"])])
      .default(false)
      .meta({
        description:
          "Updates of the processor that the kernel loads before all else: `host` those of the machine, `all` every one that the sysroot has.",
        example: "all",
      }),
    compression: z.enum(compressions).default("zstd").meta({ description: "How the layers are compressed." }),
    hostname: z
      .string()
      .regex(
        /^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/,
        "a host name has at most 64 letters, digits, `-` and `.`",
      )
      .optional()
      .meta({ description: "The machine's name while the initrd runs, hostname(5).", example: "server" }),
  })
    .prefault({})
    .meta({ description: "What the image is made from and for." }),
  contribute(value, input) {
    const { hostname } = value;
    const usesHost = value.microcode === "host" || [value.drivers].flat().some((word) => word.startsWith("host"));
    if (value.host !== undefined && !usesHost) {
      input.report({
        code: "U866",
        severity: "error",
        message: "`host` names a machine, and neither `drivers` nor `microcode` asks for one",
        hint: 'write drivers = "host", or take `host` out',
        at: [input.originOf("host")],
      });
    }
    return {
      takes: [
        ...driverTakes(value.drivers, value.host, input),
        ...microcodeTakes(value.microcode, value.host, input),
        ...(hostname === undefined
          ? []
          : [
              {
                requirement: {
                  is: "file",
                  path: "/etc/hostname",
                  mode: 0o644,
                  content: `${hostname}\n`,
                  why: "image.hostname",
                } as const,
                why: [{ what: "image.hostname", origin: input.originOf("hostname") }, { what: "image.hostname" }],
              },
            ]),
      ],
    };
  },
});
