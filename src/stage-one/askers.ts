import type { Requirement } from "../plan/requirement.ts";
import type { BootStep } from "./backends.ts";

/**
 * Who asks for pass phrases, a line each, for those who answer in another way than at the console: they are needed until
 * all of these are done. `nameOf` is what a stage one calls a step.
 */
export function askersFile(steps: readonly BootStep[], nameOf: (step: BootStep) => string): readonly Requirement[] {
  if (!steps.some(({ facts }) => facts["answers"] === true)) return [];
  const askers = steps.filter(({ facts }) => facts["prompts"] === true).map(nameOf);
  return [
    {
      is: "file",
      path: "/etc/unitrd/askers",
      mode: 0o644,
      content: askers.map((name) => `${name}\n`).join(""),
      why: "who asks for pass phrases",
    },
  ];
}
