import * as z from "zod";
import { setOf, table } from "../../config/schema.ts";
import { defineFeature } from "../feature.ts";

const program = z
  .string()
  .regex(/^(\/[^/\p{Cc}]+)+$|^[^/\p{Cc}]+$/u, "a program is a name, or an absolute path in the sysroot")
  .refine(
    (path) => !path.split("/").some((part) => part === ".." || part === "."),
    "a path may not contain `..` or `.`",
  );

/** `[programs]`: programs of the sysroot that nothing else brings in. */
export const programs = defineFeature({
  schema: table({
    include: setOf(program)
      .default([])
      .meta({
        description: "Programs of the sysroot, by name or absolute path, with all the libraries they load.",
        example: ["lsblk", "/usr/sbin/dmsetup"],
      }),
  })
    .prefault({})
    .meta({ description: "Programs of the sysroot that nothing else brings in." }),
  contribute(value, input) {
    return {
      takes: value.include.map((name, index) => ({
        requirement: { is: "program", name, why: `program ${name}` } as const,
        why: [{ what: "programs.include", origin: input.originOf("include", index) }],
      })),
    };
  },
});
