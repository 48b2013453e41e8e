import type { Block, Section, SpanRow, VersusRow } from "./document.ts";
import type { Measured, MeasuredSide } from "./measured.ts";
import { bytesPhrase, countPhrase } from "./phrases.ts";
import type { SeenDifference } from "./seen.ts";

/** What a reader should know first of two boots. */
export function measuredLead({ differences, systemd, scripted }: Measured): string {
  const isWhole = systemd.counts !== undefined && scripted.counts !== undefined;
  if (differences.length > 0) return `Booted: ${countPhrase(differences.length, "difference")} in what they lead to.`;
  return isWhole
    ? "Booted: both handed over, and the real system finds the same after either."
    : "Booted: both handed over; what the real system finds was not reported.";
}

/** Two boots, for a person: first what was measured, then what the real system finds. */
export function measuredSections(measured: Measured): readonly Section[] {
  const { differences, onPurpose } = measured;
  return [
    {
      title: "Booted",
      blocks: [
        { is: "versus", rows: measuredRows(measured) },
        ...spansBlock(measured),
        { is: "text", text: clockPhrases[measured.clock] },
      ],
    },
    {
      title: "What the real system finds",
      blocks: [
        ...(differences.length === 0 ? [] : [{ is: "versus", rows: differences.map(seenRow) } as const]),
        { is: "text", text: alikePhrase(measured) },
        ...onPurposeBlocks(onPurpose),
      ],
    },
  ];
}

const clockPhrases = {
  counted:
    "Seconds of the guest, from /init on. Its clock counts instructions, so that they repeat on any machine; waiting for disks and for a person is real time.",
  real: "Seconds of the guest, from /init on, in real time: what else this machine did is in them.",
} as const;

function measuredRows({ systemd, scripted }: Measured): readonly VersusRow[] {
  const row = (label: string, of: (side: MeasuredSide) => string | undefined): readonly VersusRow[] => {
    const [left, right] = [of(systemd), of(scripted)];
    return left === undefined && right === undefined
      ? []
      : [{ label, left: [left ?? "not reported"], right: [right ?? "not reported"] }];
  };
  const isReached = systemd.outcome === "hand-over" && scripted.outcome === "hand-over";
  return [
    ...(isReached ? [] : row("ended", ({ outcome, because }) => `${outcome}: ${because}`)),
    ...row("in the initrd", ({ stageTwo }) => secondsPhrase(stageTwo)),
    ...row("hand-over", ({ handOver }) => (handOver === undefined ? undefined : `begins at ${handOver.toFixed(2)} s`)),
    ...row("overlap", ({ overlap }) =>
      overlap < 0.005 ? "no two steps at once" : `two steps or more at once for ${overlap.toFixed(2)} s`,
    ),
    ...row("memory", ({ memory }) =>
      memory === undefined ? undefined : `${bytesPhrase(memory)} in use at the hand-over`,
    ),
    ...row("modules", ({ counts }) => counts && `${counts.modules} loaded`),
  ];
}

function secondsPhrase(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds.toFixed(2)} s`;
}

function spansBlock({ systemd, scripted }: Measured): readonly Block[] {
  const ids = [...new Set([...systemd.steps, ...scripted.steps].map(({ id }) => id))];
  const rows = ids.map((id): SpanRow => {
    const [left, right] = [systemd, scripted].map(({ steps }) => steps.find((step) => step.id === id));
    return { label: id, ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
  });
  const ends = [systemd, scripted].flatMap(({ steps, handOver = 0, stageTwo = 0 }) => [
    ...steps.map(({ end }) => end),
    handOver,
    stageTwo,
  ]);
  return rows.length === 0 ? [] : [{ is: "spans", until: Math.max(...ends), rows }];
}

function seenRow({ what, systemd, scripted }: SeenDifference): VersusRow {
  return { label: what, left: [systemd], right: [scripted] };
}

function alikePhrase({ systemd, scripted, differences }: Measured): string {
  if (systemd.counts === undefined || scripted.counts === undefined)
    return "One of the two did not report what it finds.";
  const { mounts, mappings, parameters } = systemd.counts;
  const compared = `${countPhrase(mounts, "mount")}, ${countPhrase(mappings, "mapping")}, ${countPhrase(parameters, "module parameter")}, swap and the kernel command line`;
  return differences.length === 0 ? `The same after either: ${compared}.` : `Compared: ${compared}.`;
}

function onPurposeBlocks(onPurpose: readonly SeenDifference[]): readonly Block[] {
  if (onPurpose.length === 0) return [];
  const of = (isKind: (one: SeenDifference) => boolean): string => {
    return onPurpose
      .filter(isKind)
      .map(({ what }) => what.slice(what.indexOf(" ") + 1))
      .join(" ");
  };
  const lists = [
    ["Modules that only systemd loads", of((one) => one.what.startsWith("module ") && one.systemd === "loaded")],
    ["Modules that only the script loads", of((one) => one.what.startsWith("module ") && one.scripted === "loaded")],
    ["Parameters that the kernel works out from the memory it has", of((one) => one.what.startsWith("parameter "))],
    ["Interfaces of the kernel, mounted otherwise", of((one) => one.what.startsWith("mount "))],
  ] as const;
  const items = lists.flatMap(([title, names]) => (names === "" ? [] : [`${title}: ${names}`]));
  return [
    { is: "text", text: "Not alike, and no matter:" },
    { is: "list", items },
  ];
}
