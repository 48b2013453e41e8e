import type { StageOneKind } from "../stage-one/stage-one.ts";
import type { Block, Document, Section, StepBlock, VersusRow } from "./document.ts";
import type { Doing } from "./doing.ts";
import { changeLists, patches, tallyBlocks } from "./files-blocks.ts";
import { measuredLead, measuredSections } from "./measured-document.ts";
import { bytesPhrase, countPhrase } from "./phrases.ts";
import type { SideFacts, StageOneDifference, StepRow } from "./stage-one-difference.ts";
import type { WordEffect, WordRow } from "./words.ts";

const sides = ["systemd", "the script"] as const;

/** The two stage ones of a declaration, for a person. */
export function stageOneDocument(difference: StageOneDifference): Document {
  const { measured } = difference;
  return {
    title: `${difference.name}: one plan, two stage ones`,
    lead: [
      chosenPhrase(difference),
      ...unablePhrases(difference),
      ...(measured === undefined ? [] : [measuredLead(measured)]),
    ],
    sides,
    sections: [
      ...(measured === undefined ? [] : measuredSections(measured)),
      { title: "At a glance", blocks: [{ is: "versus", rows: glance(difference) }] },
      { title: "The order", blocks: [orderBlock(difference)] },
      { title: "Step by step", blocks: difference.steps.map(stepBlock) },
      ...onlyOne(difference),
      { title: "Words of the kernel command line", blocks: [words(difference)] },
      ...files(difference),
    ],
  };
}

function chosenPhrase({ chosen, steps }: StageOneDifference): string {
  const of = `${countPhrase(steps.length, "step")} in one plan.`;
  if (chosen === undefined) return `${of} As it is declared, build refuses it.`;
  return `${of} As it is declared, build makes ${chosen === "systemd" ? "the systemd stage one" : "the script"}.`;
}

function unablePhrases(difference: StageOneDifference): readonly string[] {
  return (["systemd", "scripted"] as const).flatMap((kind) => {
    const { unable, faults } = difference[kind];
    const name = kind === "systemd" ? "systemd" : "the script";
    return [
      ...(unable.length === 0 ? [] : [`${name} cannot do ${unable.join(", ")}; the rest of it is compared without.`]),
      ...faults.map((fault) => `${name} cannot be built: ${fault}.`),
    ];
  });
}

function glance({ systemd, scripted, manners, files: changes }: StageOneDifference): readonly VersusRow[] {
  const tally = (side: "before" | "after") =>
    (changes?.tallies ?? [])
      .filter((one) => one.class !== "directories")
      .reduce((all, one) => all + one[side].files, 0);
  return [
    { label: "image", left: [imagePhrase(systemd)], right: [imagePhrase(scripted)] },
    ...(changes === undefined
      ? []
      : [{ label: "files", left: [String(tally("before"))], right: [String(tally("after"))] }]),
    ...manners.map((manner) => ({ label: manner.what, left: [manner.systemd], right: [manner.scripted] })),
  ];
}

function imagePhrase({ image }: SideFacts): string {
  return image === undefined ? "none" : `${bytesPhrase(image.size)}, ${bytesPhrase(image.unpacked)} unpacked`;
}

function orderBlock({ order, steps }: StageOneDifference): Block {
  const onChain = new Set<string>(order.chain);
  const place = (id: string) => ({ id, isOnChain: onChain.has(id) });
  return {
    is: "order",
    script: steps.map(({ id }) => place(id)),
    levels: order.levels.map((level) => level.map(place)),
    chain: order.chain,
  };
}

function stepBlock(step: StepRow): StepBlock {
  const { id, title, origin, turn, isOnChain } = step;
  return { is: "step", mark: String(turn), id, title, origin, isOnChain, rows: stepRows(step) };
}

function stepRows(step: StepRow): readonly VersusRow[] {
  const row = (label: string, of: (doing: Extract<Doing, { can: true }>, kind: StageOneKind) => readonly string[]) => {
    const side = (kind: StageOneKind): readonly string[] => {
      const doing = step[kind];
      return doing.can ? of(doing, kind) : [];
    };
    const [left, right] = [side("systemd"), side("scripted")];
    return left.length + right.length === 0 ? [] : [{ label, left: orDash(left), right: orDash(right) }];
  };
  return [
    who(step),
    ...row("told", ({ how }) => how),
    ...row("programs", ({ programs, applets }) => [
      ...(programs.length === 0 ? [] : [programs.map((path) => path.slice(path.lastIndexOf("/") + 1)).join(", ")]),
      ...(applets.length === 0 ? [] : [`busybox: ${applets.join(", ")}`]),
    ]),
    ...row("modules", (_, kind) => (step.modules[kind].length === 0 ? [] : [step.modules[kind].join(" ")])),
    ...row("waits for", ({ waits }) => waits),
    ...row("may take", ({ mayTake }) => [mayTake]),
    ...row("asks", ({ asks, tries }) => (asks === undefined ? [] : [`${asks}, ${tries ?? ""}`])),
    ...row("if it fails", ({ failure }) => [failure]),
    ...(step.words.length === 0
      ? []
      : [{ label: "words", left: [step.words.join(" ")], right: [step.words.join(" ")] }]),
  ];
}

function orDash(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ["–"] : lines;
}

/** The one row that is always there: who does it, or why nobody can. */
function who({ systemd, scripted }: StepRow): VersusRow {
  const cell = (doing: Doing): readonly string[] => {
    if (doing.can) return doing.by;
    return [`cannot: ${doing.because}`, ...(doing.hint === undefined ? [] : [`(${doing.hint})`])];
  };
  const unable = systemd.can ? (scripted.can ? undefined : "right") : scripted.can ? "left" : "both";
  const row = { label: "who", left: cell(systemd), right: cell(scripted) };
  return unable === undefined ? row : { ...row, unable };
}

function onlyOne({ abilities }: StageOneDifference): readonly Section[] {
  const of = (kind: StageOneKind) => abilities.filter(({ who: one }) => one === kind).map(({ what }) => what);
  const blocks = (["systemd", "scripted"] as const).flatMap((kind): Block[] => {
    const items = of(kind);
    if (items.length === 0) return [];
    return [
      { is: "text", text: kind === "systemd" ? "Only systemd" : "Only the script" },
      { is: "list", items },
    ];
  });
  return [{ title: "What only one of them does", blocks }];
}

const effects: Readonly<Record<WordEffect, string>> = {
  wins: "wins",
  refused: "refused aloud",
  systemd: "read by systemd",
  unread: "not read",
};

/** A row for each pair of answers: first what both answer alike. */
function words({ words: rows }: StageOneDifference): Block {
  const pairs = new Map<string, { readonly row: WordRow; readonly words: string[] }>();
  for (const row of rows) {
    const pair = pairs.get(`${row.systemd} ${row.scripted}`);
    if (pair === undefined) pairs.set(`${row.systemd} ${row.scripted}`, { row, words: [...row.words] });
    else pair.words.push(...row.words);
  }
  const isAlike = (row: WordRow) => row.systemd === row.scripted;
  const sorted = [...pairs.values()].sort((a, b) => Number(isAlike(b.row)) - Number(isAlike(a.row)));
  return {
    is: "table",
    head: ["", ...sides],
    rows: sorted.map(({ row, words: all }) => [all.join(" "), effects[row.systemd], effects[row.scripted]]),
    numbers: false,
  };
}

function files({ files: difference }: StageOneDifference): readonly Section[] {
  if (difference === undefined) return [];
  return [
    {
      title: "Files",
      blocks: [
        ...tallyBlocks(difference, sides),
        ...changeLists(difference, {
          added: "that only the script carries",
          removed: "that only systemd carries",
          changed: "that both carry, not alike",
        }),
        ...patches(difference),
      ],
    },
  ];
}
