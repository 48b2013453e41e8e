import { compareFiles, type FileDifference } from "./files.ts";
import { imageFacts, type ComparedImage, type ImageFacts } from "./image-facts.ts";

/** Two images, file by file. */
export interface ImageDifference {
  readonly of: "images";
  readonly names: readonly [before: string, after: string];
  readonly before: ImageFacts;
  readonly after: ImageFacts;
  readonly files: FileDifference;
}

export function imageDifference(
  names: readonly [string, string],
  before: ComparedImage,
  after: ComparedImage,
): ImageDifference {
  return {
    of: "images",
    names,
    before: imageFacts(before),
    after: imageFacts(after),
    files: compareFiles(before.tree, after.tree),
  };
}
