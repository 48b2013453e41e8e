import type { Taken } from "../../plan/requirement.ts";
import type { Input } from "../feature.ts";
import { hostReport } from "./host.ts";

/** What `image.microcode` asks for. */
export function microcodeTakes(
  microcode: false | "host" | "all",
  host: string | undefined,
  input: Input,
): readonly Taken[] {
  if (microcode === false) return [];
  const cpu = microcode === "all" ? microcode : hostReport(host, input)?.cpu;
  const origin = input.originOf("microcode");
  if (cpu === undefined) {
    input.report({
      code: "U863",
      severity: "error",
      message: 'microcode = "host": it is not known which processor the machine has',
      hint: 'only x86 has microcode; run `unitrd host > host.json` on the machine itself, or use "all"',
      at: [origin],
    });
    return [];
  }
  const why = "image.microcode";
  return [{ requirement: { is: "microcode", cpu, why }, why: [{ what: why, origin }] }];
}
