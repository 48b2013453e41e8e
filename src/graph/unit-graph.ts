import type { SystemdStage } from "../stage-one/systemd/assemble.ts";
import { parseUnit, unitNamesOf } from "../stage-one/systemd/unit-file.ts";
import { unitText, type Unit } from "../stage-one/systemd/unit.ts";
import { merged, type Graph, type GraphEdge, type GraphNode } from "./graph.ts";

/**
 * The units that unitrd writes, those they name, and how they wait for each other: After= and Before= order,
 * Requires= and Wants= pull in (systemd.unit(5)). Orderings in a circle, which systemd would break, are left out.
 */
export function unitGraph(stage: Pick<SystemdStage, "units">): Graph {
  const edges = withoutBackwardPulls(merged(stage.units.flatMap(({ unit }) => edgesOf(unit))));
  const own = new Map(stage.units.map(({ unit, step }) => [unit.name, nodeOf(unit, step)]));
  const named = edges.flatMap(({ earlier, later }) => [earlier, later]);
  const all = new Map(named.map((id) => [id, { id, title: "", devices: [], isOurs: false }] as const));
  return sorted([...own.values(), ...[...all.values()].filter(({ id }) => !own.has(id))], edges);
}

function nodeOf(unit: Unit, step: string | undefined): GraphNode {
  const description = parseUnit(unitText(unit)).assignments.find(({ key }) => key === "Description")?.value;
  const title = [description, step === undefined ? undefined : `(${step})`].filter((part) => part !== undefined);
  return { id: unit.name, title: title.join(" "), devices: [], isOurs: true };
}

function edgesOf(unit: Unit): readonly GraphEdge[] {
  const parsed = parseUnit(unitText(unit));
  const names = (...keys: readonly string[]) => keys.flatMap((key) => unitNamesOf(parsed, key));
  const before = (strength: GraphEdge["strength"], what: string) => (earlier: string) => {
    return { earlier, later: unit.name, strength, what: [what] };
  };
  const behind = (strength: GraphEdge["strength"], what: string) => (later: string) => {
    return { earlier: unit.name, later, strength, what: [what] };
  };
  return [
    ...names("Requires", "BindsTo", "Requisite").map(before("requires", "Requires=")),
    ...names("Wants").map(before("wants", "Wants=")),
    ...names("After").map(before("order", "After=")),
    ...names("Before").map(behind("order", "Before=")),
    ...(unit.requiredBy ?? []).map(behind("requires", "Requires=")),
    ...(unit.wantedBy ?? []).map(behind("wants", "Wants=")),
  ];
}

/** A unit may pull in one that comes after it (Wants=X with Before=X): drawn is who waits, not who asks. */
function withoutBackwardPulls(edges: readonly GraphEdge[]): readonly GraphEdge[] {
  const ordering = edges.filter(({ what }) => what.includes("After=") || what.includes("Before="));
  const isAgainst = (edge: GraphEdge) =>
    !ordering.includes(edge) && ordering.some((other) => other.earlier === edge.later && other.later === edge.earlier);
  return edges.filter((edge) => !isAgainst(edge));
}

/** Topologically, by whoever waits for nobody left; an edge that closes a circle goes. */
function sorted(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Graph {
  const left = [...nodes];
  const steps: GraphNode[] = [];
  let kept = edges.filter(({ earlier, later }) => earlier !== later);
  while (left.length > 0) {
    const waiting = new Set(left.map(({ id }) => id));
    const isFree = ({ id }: GraphNode) => !kept.some((edge) => edge.later === id && waiting.has(edge.earlier));
    const index = Math.max(0, left.findIndex(isFree));
    const [next] = left.splice(index, 1);
    if (next === undefined) break;
    waiting.delete(next.id);
    kept = kept.filter(({ earlier, later }) => later !== next.id || !waiting.has(earlier));
    steps.push(next);
  }
  return { of: "unit", steps, edges: kept };
}
