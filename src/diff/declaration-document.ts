import type { DeclarationDifference, Setting, StepChange } from "./declaration-difference.ts";
import type { Document, Section, StepBlock, VersusRow } from "./document.ts";
import { imageSections } from "./image-document.ts";
import { bytesPhrase, countPhrase, growthPhrase } from "./phrases.ts";

/** What a change of declaration changes, for a person: first in the boot, then in the image. */
export function declarationDocument(difference: DeclarationDifference): Document {
  const { names, steps, settings, image } = difference;
  const isSame = steps.length === 0 && settings.length === 0 && image.files.changes.length === 0;
  const { before, after } = image;
  return {
    title: `${names[0]} → ${names[1]}`,
    lead: isSame
      ? ["No difference: the boot and the image are the same."]
      : [
          steps.length === 0 ? "The steps of the boot are the same." : `${stepsPhrase(steps)}.`,
          `The image: ${bytesPhrase(before.size)} → ${bytesPhrase(after.size)} (${growthPhrase(before.size, after.size)}), ${countPhrase(image.files.changes.length, "file")} not the same.`,
        ],
    sides: ["before", "after"],
    sections: isSame ? [] : [...bootSections(settings, steps), ...imageSections(image)],
  };
}

/** `2 steps added, 1 step changed`. */
function stepsPhrase(steps: readonly StepChange[]): string {
  const phrases = (["added", "removed", "changed"] as const).flatMap((is) => {
    const number = steps.filter((step) => step.is === is).length;
    return number === 0 ? [] : [`${countPhrase(number, "step")} ${is}`];
  });
  return phrases.join(", ");
}

function bootSections(settings: readonly Setting[], steps: readonly StepChange[]): readonly Section[] {
  return [
    ...(settings.length === 0
      ? []
      : [{ title: "The boot as a whole", blocks: [{ is: "versus" as const, rows: settings.map(settingRow) }] }]),
    ...(steps.length === 0 ? [] : [{ title: "Steps", blocks: steps.map(stepBlock) }]),
  ];
}

function stepBlock({ is, id, title, origin, settings }: StepChange): StepBlock {
  const mark = { added: "+", removed: "-", changed: "~" }[is];
  const rows = settings.filter(({ what }) => is === "changed" || what !== "does").map(settingRow);
  return { is: "step", mark, id, title, origin, isOnChain: false, rows };
}

function settingRow({ what, before, after }: Setting): VersusRow {
  return { label: what, left: [before === "" ? "–" : before], right: [after === "" ? "–" : after] };
}
