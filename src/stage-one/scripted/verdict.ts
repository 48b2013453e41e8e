import { singleNeeds } from "../../plan/plan.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import type { BootStep } from "../backends.ts";
import type { ScriptedRendering } from "./rendering.ts";

/** What the script can do with a step: links of udev are not there, as nothing in it makes them. */
export function scriptedVerdict(step: BootStep, target: Target): Verdict<ScriptedRendering> {
  for (const { of, from, origin } of singleNeeds(step)) {
    if (of.is !== "device" || from === "step" || !isLinkOfUdev(of.names[0])) continue;
    return {
      can: false,
      because: `without udev there is no ${of.names[0]}`,
      hint: 'name the device by what is in it or in its table: device = "PARTUUID=…"',
      at: origin,
    };
  }
  return step.render.scripted(target);
}

/** The script finds by UUID, LABEL, PARTUUID and PARTLABEL itself. */
function isLinkOfUdev(path: string): boolean {
  return /^\/dev\/disk\/by-(?!(?:uuid|label|partuuid|partlabel)\/)/.test(path);
}
