import type { Code, Diagnostic, Report, Severity } from "../diagnostics/diagnostic.ts";
import type { Reason, Why } from "../image/manifest.ts";
import type { ElfProblem } from "./elf.ts";
import { shown, type MissingLibrary } from "./loading.ts";
import { unresolvedPhrase, type Resolution } from "./resolve.ts";

/** The findings of one closure, each said once, for the first who comes upon it. */
export interface ClosureFindings {
  say(code: Code, severity: Severity, message: string, why: Why, hint?: string): void;
  missing(library: MissingLibrary, why: Why): void;
  broken(path: string, problem: ElfProblem, why: Why): void;
  unresolved(path: string, failed: Extract<Resolution, { found: false }>, why: Why): void;
}

export function closureFindings(report: Report): ClosureFindings {
  const said = new Set<string>();

  const say: ClosureFindings["say"] = (code, severity, message, why, hint) => {
    if (said.has(message)) return;
    said.add(message);
    const at = why.flatMap((reason) => (reason.origin === undefined ? [] : [reason.origin]));
    const diagnostic: Diagnostic = { code, severity, message, at };
    report(hint === undefined ? diagnostic : { ...diagnostic, hint });
  };

  const broken: ClosureFindings["broken"] = (path, problem, why) => {
    say("U303", "error", `${path} is damaged: ${problem.what} (at byte ${problem.offset})`, why);
  };

  const missing: ClosureFindings["missing"] = ({ names, strength, search, chain }, why) => {
    const whole: Why = [...why, ...chain.map((what): Reason => ({ what }))];
    if (search.broken !== undefined) {
      broken(search.broken.path, search.broken.problem, whole);
      return;
    }
    const name = names.map(shown).join(" or ");
    const asked = chain.length === 0 ? "" : `: ${chain.toReversed().join(", ")}`;
    const foreign = search.foreign === undefined ? "" : `; ${search.foreign} is for another machine`;
    const hint = `looked in ${search.looked.map(shown).join(", ") || "no directory"}${foreign}`;
    if (strength === "needs") say("U301", "error", `${name} cannot be found${asked}`, whole, hint);
    else {
      const severity = strength === "required" ? "error" : "hint";
      say("U305", severity, `${name} cannot be found, which is opened at run time${asked}`, whole, hint);
    }
  };

  const unresolved: ClosureFindings["unresolved"] = (path, failed, why) => {
    const isLink = failed.because === "loop" || failed.because === "leaves-tree";
    const message = `${shown(path)} is not in the sysroot: ${unresolvedPhrase(failed)}`;
    say(isLink ? "U302" : "U300", "error", message, why);
  };

  return { say, missing, broken, unresolved };
}
