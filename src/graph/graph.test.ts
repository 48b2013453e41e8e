import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boxCharacter, type Weight } from "./box-characters.ts";
import { graphDot } from "./dot.ts";
import { measured, merged, withoutShortcuts, type Graph, type GraphEdge, type GraphNode } from "./graph.ts";
import { graphJson } from "./json.ts";
import { layout } from "./layout.ts";
import { deviceLabel } from "./plan-graph.ts";
import { styledSvg } from "./svg-style.ts";
import { graphText } from "./text.ts";
import { unitGraph } from "./unit-graph.ts";

function node(id: string, more: Partial<GraphNode> = {}): GraphNode {
  return { id, title: `do ${id}`, devices: [], isOurs: true, ...more };
}

function edge(earlier: string, later: string, strength: GraphEdge["strength"] = "requires"): GraphEdge {
  return { earlier, later, strength, what: [`what ${earlier} makes`] };
}

function graph(steps: readonly GraphNode[], edges: readonly GraphEdge[]): Graph {
  return { of: "step", steps, edges };
}

const machine = graph(
  [
    node("luks:root", { devices: [{ name: "/dev/vda2", from: "machine" }] }),
    node("luks:home", { devices: [{ name: "UUID=0f3c", from: "machine" }] }),
    node("mount:/", { devices: [{ name: "UUID=aaaa", from: "either" }] }),
    node("mount:/home"),
    node("sysctl:set"),
  ],
  [
    edge("luks:root", "mount:/", "order"),
    edge("mount:/", "mount:/home"),
    edge("luks:home", "mount:/home", "wants"),
    edge("luks:root", "mount:/home", "order"),
  ],
);

describe("the text of a graph", () => {
  test("draws boxes by level, the longest chain heavy, and says who waits for whom", () => {
    expect(graphText(measured(machine), { width: 100, colour: false })).toMatchInlineSnapshot(`
      "5 steps on 3 levels

      ┏━━━━━━━━━━━━━┓   ┏━━━━━━━━━━━━━┓     ┏━━━━━━━━━━━━━┓
      ┃ luks:root   ┣┉┉▶┃ mount:/     ┣━┯━━▶┃ mount:/home ┃
      ┃ ◇ /dev/vda2 ┃   ┃ ◈ UUID=aaaa ┃ ╎   ┗━━━━━━━━━━━━━┛
      ┗━━━━━━━━━━━━━┛   ┗━━━━━━━━━━━━━┛ ╎
      ┌─────────────┐                   ╎
      │ luks:home   ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┘
      │ ◇ UUID=0f3c │
      └─────────────┘

      tied to none of these:
        sysctl:set

      ━▶ the longest chain
      ─▶ fails with it
      ╌▶ goes on without it
      ┈▶ only comes after it
      ◇ a device that the machine brings
      ◈ a device that the machine or a step before it brings

      the longest chain: luks:root → mount:/ → mount:/home

      luks:root    do luks:root
      luks:home    do luks:home
      mount:/      do mount:/
      mount:/home  do mount:/home
      sysctl:set   do sysctl:set
      "
    `);
  });

  test("is a list where the drawing would be wider than the terminal", () => {
    const text = graphText(measured(machine), { width: 30, colour: false });
    expect(text).not.toContain("┏");
    expect(text).toContain("━ mount:/home\n    needs mount:/\n    wants luks:home\n");
  });

  test("shortens the names of devices before it gives up the drawing", () => {
    const long = graph([node("mount:/", { devices: [{ name: `UUID=${"0".repeat(36)}`, from: "machine" }] })], []);
    expect(graphText(measured(long), { width: 80, colour: false })).toContain(`◇ UUID=${"0".repeat(36)} │`);
    expect(graphText(measured(long), { width: 25, colour: false })).toContain("◇ UUID=00000000… │");
  });

  test("has no colours unless they are wanted, and the same text with them", () => {
    const plain = graphText(measured(machine), { width: 100, colour: false });
    const coloured = graphText(measured(machine), { width: 100, colour: true });
    expect(plain).not.toContain("\u001b");
    expect(coloured.replaceAll(/\u001b\[[0-9;]*m/g, "")).toBe(plain);
    expect(coloured).toContain("\u001b[1;33mmount:/home\u001b[0m");
  });

  test("lets nothing of a name act on the terminal", () => {
    const evil = graph([node("luks:\u001b[2J\u202e", { title: "a\nb" })], []);
    const text = graphText(measured(evil), { width: 100, colour: false });
    expect(text).not.toMatch(/\u001b|\u202e/);
  });

  test("keeps boxes whole around wide letters", () => {
    const text = graphText(measured(graph([node("luks:日本")], [])), { width: 100, colour: false });
    expect(text).toContain("┌───────────┐\n│ luks:日本 │\n└───────────┘");
  });

  test("says so when there is nothing", () => {
    expect(graphText(measured(graph([], [])), { width: 80, colour: false })).toBe("there is no step in this boot\n");
  });
});

describe("a drawing", () => {
  const graphs = fc
    .tuple(fc.integer({ min: 1, max: 14 }), fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 30 }))
    .map(([size, pairs]) => {
      const steps = Array.from({ length: size }, (_, index) => node(`step:${index}`));
      const edges = pairs.filter(([a, b]) => a < b && b < size).map(([a, b]) => edge(`step:${a}`, `step:${b}`));
      return graph(steps, merged(edges));
    });

  test("puts no two boxes over each other and every edge from left to right", () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const { columns, links } = layout(measured(drawn), (id) => [id, "more"]);
        for (const slots of columns) {
          slots.slice(1).forEach((slot, index) => {
            const above = slots[index]!;
            expect(slot.y).toBeGreaterThanOrEqual(above.y + above.height);
          });
        }
        for (const { from, to } of links) expect(to.column).toBe(from.column + 1);
      }),
    );
  });

  test("names every node once", () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const text = graphText(measured(drawn), { width: 10_000, colour: false }).split("\n\nthe longest chain: ")[0]!;
        const names = [...text.matchAll(/step:\d+/g)].map(([name]) => name);
        expect(names.filter((name, index) => names.indexOf(name) === index).length).toBe(drawn.steps.length);
      }),
    );
  });

  test("leaves out edges that follow from others, and no other", () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const reduced = withoutShortcuts(drawn);
        for (const { earlier, later } of drawn.edges) expect(reaches(reduced, earlier, later)).toBe(true);
        for (const one of reduced.edges) {
          const without = { ...reduced, edges: reduced.edges.filter((other) => other !== one) };
          expect(reaches(without, one.earlier, one.later)).toBe(false);
        }
      }),
    );
  });
});

function reaches({ edges }: Graph, from: string, to: string): boolean {
  return edges.some(
    (one) => one.earlier === from && (one.later === to || reaches({ of: "step", steps: [], edges }, one.later, to)),
  );
}

test("the characters of lines are those that join as the lines do", () => {
  const joint = (up: Weight, right: Weight, down: Weight, left: Weight) => boxCharacter({ up, right, down, left });
  expect([joint(0, 1, 0, 1), joint(2, 0, 2, 0), joint(1, 2, 1, 0), joint(0, 2, 1, 2), joint(2, 1, 2, 2)]).toEqual([
    "─",
    "┃",
    "┝",
    "┯",
    "╉",
  ]);
});

test("two edges between the same steps become one, as strong as the stronger", () => {
  const [one, ...rest] = merged([edge("a", "b", "order"), { ...edge("a", "b", "requires"), what: ["a mount"] }]);
  expect(rest).toEqual([]);
  expect(one).toMatchObject({ strength: "requires", what: ["what a makes", "a mount"] });
});

test("a device found by its content is called as in fstab", () => {
  expect(deviceLabel("/dev/disk/by-uuid/0f3c")).toBe("UUID=0f3c");
  expect(deviceLabel("/dev/disk/by-partlabel/esp")).toBe("PARTLABEL=esp");
  expect(deviceLabel("/dev/vda1")).toBe("/dev/vda1");
});

describe("the language of Graphviz", () => {
  test("marks the longest chain, and shows devices as what they are", () => {
    const dot = graphDot(measured(machine));
    expect(dot).toContain(
      '"mount:/" -> "mount:/home" [style=solid, tooltip="what mount:/ makes", penwidth=2.5, class="chain"];',
    );
    expect(dot).toContain('"device /dev/vda2" [label="/dev/vda2", shape=cylinder, class="device"];');
    expect(dot).not.toContain('"luks:root" -> "mount:/home"');
  });

  test("quotes names whatever is in them, so that Graphviz draws them", async () => {
    const { instance } = await import("@viz-js/viz");
    const viz = await instance();
    const odd = ['a"b', "back\\", "two\nlines", "<b>&amp;", "日本", "\u0001", "--", ""];
    const drawn = graph(
      odd.map((id) => node(id, { title: id })),
      [edge('a"b', "back\\")],
    );
    const svg = styledSvg(viz.renderString(graphDot(measured(drawn)), { format: "svg" }), "a <title>");
    expect(svg.match(/class="node/g)?.length).toBe(odd.length);
    expect(svg).toContain("<title>a &lt;title&gt;</title>");
    expect(svg).toContain("prefers-color-scheme: dark");
    expect(svg).not.toContain('fill="white"');
  });
});

test("the data of a graph have every edge, each node's level, and the longest chain", () => {
  expect(graphJson(measured(machine))).toMatchObject({
    of: "step",
    steps: [
      { id: "luks:root", level: 0, isOnLongestChain: true },
      { id: "luks:home", level: 0, isOnLongestChain: false },
      { id: "mount:/", level: 1, devices: [{ name: "UUID=aaaa", from: "either" }] },
      { id: "mount:/home", level: 2 },
      { id: "sysctl:set", level: 0 },
    ],
    levels: [["luks:root", "luks:home", "sysctl:set"], ["mount:/"], ["mount:/home"]],
    longestChain: ["luks:root", "mount:/", "mount:/home"],
  });
});

describe("the graph of units", () => {
  const unit = (name: string, unitSection: readonly (readonly [string, string])[]) => ({
    unit: { name, place: "local", sections: [{ name: "Unit", assignments: unitSection }] } as const,
  });

  test("has those they name, and one edge where a unit is both required and waited for", () => {
    const drawn = unitGraph({
      units: [
        unit("sysroot.mount", [
          ["Requires", "a.device"],
          ["After", "a.device b.target"],
        ]),
      ],
    });
    expect(drawn.steps.map(({ id, isOurs }) => [id, isOurs])).toEqual([
      ["a.device", false],
      ["b.target", false],
      ["sysroot.mount", true],
    ]);
    expect(drawn.edges.map(({ earlier, strength }) => [earlier, strength])).toEqual([
      ["a.device", "requires"],
      ["b.target", "order"],
    ]);
  });

  test("draws who waits, not who asks, and comes to an end with a circle", () => {
    const pulls = unitGraph({
      units: [
        unit("a.service", [
          ["Wants", "b.service"],
          ["Before", "b.service"],
        ]),
      ],
    });
    expect(pulls.edges).toMatchObject([{ earlier: "a.service", later: "b.service" }]);
    const circle = unitGraph({
      units: [unit("a.service", [["After", "b.service"]]), unit("b.service", [["After", "a.service"]])],
    });
    expect(circle.edges.length).toBe(1);
  });
});
