import * as z from "zod";
import { suggest } from "../../config/suggest.ts";
import { name, namedTables, relativeOrSysrootPath } from "../../config/schema.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { defineFeature, type Input } from "../feature.ts";
import { orderedHook } from "./declared.ts";
import { orderedStep } from "./ordered.ts";
import { isPoint, pointNames } from "./points.ts";
import { pointStep } from "./unordered.ts";

/** `[hooks]`: scripts of one's own, at a point of the boot or at a place in the plan. */
export const hooks = defineFeature({
  schema: namedTables(name, z.union([z.array(relativeOrSysrootPath).max(80), orderedHook]))
    .prefault({})
    .meta({
      description:
        "Scripts of your own. `[hooks.NAME]` with `before` or `after` has a place in the plan, and both stage ones run it. A list of scripts at one of the classic points (`pre-device`, `post-device`, `pre-mount`, `post-mount`, `pre-switch-root`, `on-failure`) has none; only the scripted stage one runs it, but for `on-failure`, which both do.",
      example: { "pre-mount": ["hooks/wipe.sh"] },
    }),
  contribute(value, input) {
    // The points come in the order of a boot, whatever the order in which they are declared.
    const lists = pointNames.flatMap((point) => {
      const declared = value[point];
      return Array.isArray(declared) ? [pointStep(point, declared, input)] : [];
    });
    const tables = Object.entries(value).flatMap(([key, declared]): BootStep[] => {
      if (!isNamedWell(key, Array.isArray(declared), input) || Array.isArray(declared)) return [];
      return orderedStep(key, declared, input);
    });
    return { steps: [...lists.flat(), ...tables] };
  },
});

/** Reports U123 for a list that stands at no point and for a table that has the name of one. */
function isNamedWell(key: string, isList: boolean, input: Input): boolean {
  if (isList === isPoint(key)) return true;
  const near = suggest(key, pointNames);
  input.report({
    code: "U123",
    severity: "error",
    message: isList
      ? `${key} is no point of the boot; they are ${pointNames.join(", ")}`
      : `${key} is a point of the boot, and takes a list of scripts`,
    hint: isList
      ? near === undefined
        ? `a hook of this name is a table: [hooks.${key}] with \`source\`, and \`before\` or \`after\``
        : `did you mean ${near}?`
      : `${key} = ["SCRIPT"], or another name for a hook with a place in the plan`,
    at: [input.originOf(key)],
  });
  return false;
}
