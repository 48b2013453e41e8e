import type { Document, Section } from "./document.ts";
import { changeLists, patches, segmentTable, tallyBlocks } from "./files-blocks.ts";
import type { ImageDifference } from "./image-difference.ts";
import { bytesPhrase, growthPhrase } from "./phrases.ts";

const sides = ["before", "after"] as const;

/** What became of an image, for a person. */
export function imageDocument(difference: ImageDifference): Document {
  const { names, before, after, files } = difference;
  const { changes } = files;
  const number = (is: string) => changes.filter((change) => change.is === is).length;
  const isSame = changes.length === 0 && JSON.stringify(before) === JSON.stringify(after);
  const growth = `${bytesPhrase(before.size)} → ${bytesPhrase(after.size)} (${growthPhrase(before.size, after.size)})`;
  return {
    title: `${names[0]} → ${names[1]}`,
    lead: isSame
      ? ["No difference."]
      : [`${growth}; ${number("added")} added, ${number("removed")} removed, ${number("changed")} changed.`],
    sides,
    sections: isSame ? [] : imageSections(difference),
  };
}

export function imageSections({ before, after, files }: Omit<ImageDifference, "of" | "names">): readonly Section[] {
  const { kernels } = files;
  const moved = kernels.before.join(" ") !== kernels.after.join(" ");
  const lists = changeLists(files, { added: "added", removed: "removed", changed: "changed" });
  const texts = patches(files);
  return [
    {
      title: "The image",
      blocks: [
        ...(moved
          ? [
              {
                is: "versus" as const,
                rows: [{ label: "kernel", left: orNone(kernels.before), right: orNone(kernels.after) }],
              },
            ]
          : []),
        segmentTable(before, after, sides),
        ...tallyBlocks(files, sides),
      ],
    },
    ...(lists.length === 0 ? [] : [{ title: "Files", blocks: lists }]),
    ...(texts.length === 0 ? [] : [{ title: "Texts", blocks: texts }]),
  ];
}

function orNone(kernels: readonly string[]): readonly string[] {
  return kernels.length === 0 ? ["none"] : kernels;
}
