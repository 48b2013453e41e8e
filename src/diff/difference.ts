import type { DeclarationDifference } from "./declaration-difference.ts";
import { declarationDocument } from "./declaration-document.ts";
import type { Document } from "./document.ts";
import type { ImageDifference } from "./image-difference.ts";
import { imageDocument } from "./image-document.ts";
import { stageOneDocument } from "./stage-one-document.ts";
import type { StageOneDifference } from "./stage-one-difference.ts";

/** Everything that can be compared. */
export type Difference = StageOneDifference | DeclarationDifference | ImageDifference;

/** Whether there is anything to show. Two stage ones are never the same; those that were booted should lead to the same. */
export function isDifferent(difference: Difference): boolean {
  switch (difference.of) {
    case "stage-ones":
      return difference.measured === undefined || difference.measured.differences.length > 0;
    case "declarations":
      return difference.steps.length > 0 || difference.settings.length > 0 || hasChanges(difference.image);
    case "images":
      return hasChanges(difference);
  }
}

function hasChanges({ files, before, after }: Omit<ImageDifference, "of" | "names">): boolean {
  return files.changes.length > 0 || JSON.stringify(before.parts) !== JSON.stringify(after.parts);
}

export function documentOf(difference: Difference): Document {
  switch (difference.of) {
    case "stage-ones":
      return stageOneDocument(difference);
    case "declarations":
      return declarationDocument(difference);
    case "images":
      return imageDocument(difference);
  }
}
