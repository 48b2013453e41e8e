import type { Target } from "../../plan/step.ts";
import type { SetupFiles } from "./setup-files.ts";

/** The programs of kbd that keymap and font need, and the reason when the sysroot lacks one. */
export function kbdPrograms(
  files: SetupFiles,
  target: Target,
): {
  readonly wanted: readonly string[];
  readonly missing?: { readonly can: false; readonly because: string; readonly hint: string };
} {
  const wanted = [
    ...(files.keymap === undefined ? [] : ["loadkeys"]),
    ...(files.font === undefined ? [] : ["setfont"]),
  ];
  const missing = wanted.find((program) => !target.hasProgram(program));
  if (missing === undefined) return { wanted };
  return {
    wanted,
    missing: { can: false, because: `the sysroot has no ${missing}`, hint: "it is in the package kbd" },
  };
}
