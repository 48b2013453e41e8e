import { setOf, table, text } from "../../config/schema.ts";
import { defineFeature } from "../feature.ts";

const account = text((name) =>
  /^[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?$/.test(name)
    ? undefined
    : "a name of a user or group has letters, digits, `_`, `.` and `-`",
);

/** `[users]`: users and groups of the sysroot that no unit or rule names. */
export const users = defineFeature({
  schema: table({
    include: setOf(account)
      .default([])
      .meta({ description: "Users of the sysroot, each with its group; all are locked.", example: ["sshd"] }),
    groups: setOf(account)
      .default([])
      .meta({ description: "Groups of the sysroot.", example: ["tss"] }),
  })
    .prefault({})
    .meta({ description: "Users and groups that no unit or udev rule names; those are taken along by themselves." }),
  contribute(value, input) {
    return {
      takes: [
        ...value.include.map((name, index) => ({
          requirement: { is: "user", name, why: `user ${name}` } as const,
          why: [{ what: "users.include", origin: input.originOf("include", index) }],
        })),
        ...value.groups.map((name, index) => ({
          requirement: { is: "group", name, why: `group ${name}` } as const,
          why: [{ what: "users.groups", origin: input.originOf("groups", index) }],
        })),
      ],
    };
  },
});
