import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Verdict } from "../../plan/step.ts";
import { secondsWord, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import type { DeclaredHibernation } from "./declared.ts";

/** The kernel resumes when it is told the numbers of a device that holds an image; it comes back when there is none. */
export function scriptResume(declared: DeclaredHibernation, origin: Origin): Verdict<ScriptedRendering> {
  return {
    can: true,
    rendering: {
      parts: ["device", "hibernation"],
      call: [
        "resume_hibernated",
        declared.resume.spec,
        String(declared.offset ?? 0),
        secondsWord(declared["device-timeout"]),
        shortOrigin(origin),
      ],
      takes: [],
    },
  };
}
