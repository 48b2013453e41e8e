import * as z from "zod";
import { name, table } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import { defineFeature } from "../feature.ts";

const compressions = ["zstd", "gzip", "xz", "lz4", "none"] as const;

/** `[image]`: what the image is made from and for. */
export const image = defineFeature({
  schema: table({
    kernel: name.optional().meta({
      description: "A directory of the sysroot's `lib/modules`. Default: the newest.",
      example: "6.12.0-amd64",
    }),
    drivers: z.enum(["declared", "virtio", "host", "generic"]).default("virtio").meta({
      description:
        "Which drivers go in besides those that the declaration implies: `declared` none, `virtio` those of virtual machines. `host` and `generic` are refused in this version.",
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
    if (value.drivers === "host" || value.drivers === "generic") {
      input.report({
        code: "U100",
        severity: "error",
        message: `drivers = "${value.drivers}" is not in this version`,
        hint: 'use "virtio" or "declared", and name what the machine has in modules.available',
        at: [input.originOf("drivers")],
      });
    }
    const requirements: Requirement[] = [
      ...(value.drivers === "virtio" ? virtioModules : []),
      ...(value.hostname === undefined
        ? []
        : [
            {
              is: "file",
              path: "/etc/hostname",
              mode: 0o644,
              content: `${value.hostname}\n`,
              why: "image.hostname",
            } as const,
          ]),
    ];
    return {
      takes: requirements.map((requirement) => {
        const origin = input.originOf(requirement.is === "module" ? "drivers" : "hostname");
        return { requirement, why: [{ what: origin.path, origin }, { what: requirement.why }] };
      }),
    };
  },
});

/** Optional each: a kernel for virtual machines has some of them built in. */
const virtioModules = [
  "virtio_pci",
  "virtio_mmio",
  "virtio_blk",
  "virtio_scsi",
  "sd_mod",
  "virtio_console",
  "virtio_input",
].map((module) => ({ is: "module", name: module, optional: true, why: "drivers of virtual machines" }) as const);
