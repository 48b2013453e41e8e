import { spannedBy } from "../scenario/disks/members.ts";
import { spanningOf, type Layout } from "../scenario/disks/spanning.ts";

/** The layout cut into parts that share nothing, in the order of their first disks: what can be made and kept alone. */
export function clusters(layout: Layout): readonly Layout[] {
  const names = [...layout.disk.map(({ name }) => name), ...spanningOf(layout).keys()];
  const parts = new Map(names.map((name) => [name, new Set([name])]));
  for (const name of names) {
    for (const other of spannedBy(name, layout)) join(parts, name, other);
  }
  const firsts = layout.disk.filter(
    ({ name }, index) => !layout.disk.slice(0, index).some((before) => parts.get(name)?.has(before.name) === true),
  );
  return firsts.map(({ name }) => {
    const part = parts.get(name) ?? new Set();
    const isIn = (one: { readonly name: string }): boolean => part.has(one.name);
    return {
      disk: layout.disk.filter(isIn),
      array: (layout.array ?? []).filter(isIn),
      "volume-group": (layout["volume-group"] ?? []).filter(isIn),
      pool: (layout.pool ?? []).filter(isIn),
    };
  });
}

function join(parts: Map<string, Set<string>>, a: string, b: string): void {
  const both = new Set([...(parts.get(a) ?? []), ...(parts.get(b) ?? [])]);
  for (const name of both) parts.set(name, both);
}
