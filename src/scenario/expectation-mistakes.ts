import type { Disk } from "./disks/layout.ts";
import type { Expectation } from "./expectation.ts";
import type { Mistake } from "./mistake.ts";

/** What is wrong between the values of an expectation; paths begin below `expect`. */
export function expectationMistakes(
  expect: Expectation,
  { disk: disks }: { readonly disk: readonly Disk[] },
): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  expect.wait?.forEach((wait, index) => {
    const [least, most] = [wait["at-least"], wait["at-most"]];
    if (least === undefined && most === undefined) {
      const message = "a wait needs `at-least`, `at-most`, or both";
      mistakes.push({ code: "U673", message, path: ["wait", index] });
    } else if (least !== undefined && most !== undefined && least > most) {
      const message = "no time is at least the one and at most the other";
      mistakes.push({ code: "U673", message, path: ["wait", index] });
    }
  });
  for (const kind of ["before", "overlap"] as const) {
    expect[kind]?.forEach(([first, second], index) => {
      if (first !== second) return;
      mistakes.push({ code: "U674", message: `${first} is compared with itself`, path: [kind, index] });
    });
  }
  for (const place of Object.keys(expect.disks ?? {})) {
    const [name = "", part] = place.split(":");
    const disk = disks.find((one) => one.name === name);
    if (disk !== undefined && (part === undefined || disk.partition?.[Number(part) - 1] !== undefined)) continue;
    const message = disk === undefined ? `there is no disk ${name}` : `disk ${name} has no partition ${part ?? ""}`;
    mistakes.push({ code: "U696", message, path: ["disks", place] });
  }
  return mistakes;
}
