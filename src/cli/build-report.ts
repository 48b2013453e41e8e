import type { BuiltImage } from "../build/build.ts";
import type { Compiled } from "../compile/compile.ts";
import type { LayerReport } from "../image/write.ts";
import { formatBytes } from "./format-bytes.ts";

/** What went into an image, for a person. The last line says what was built, and where it is. */
export function buildReport(compiled: Compiled, image: BuiltImage): string {
  const { firmware, kernel, manifest, modules, plan, stage } = compiled;
  const files = manifest.entries.filter(({ type }) => type !== "directory").length;
  const rows = [
    ["stage one", `${stageName(compiled)}: ${count(plan.steps.length, "step")}${units(stage.units.length)}`],
    ["kernel", kernel.version],
    ["files", `${files}`],
    ["modules", `${modules.modules.length}${builtIn(modules.builtin.length)}`],
    ...firmwareRow(firmware),
  ] as const;
  const heads = rows.map(([what, value]) => `${what.padEnd(column)}${value}`);
  const layers = image.layers.map((layer) => layerLine(layer));
  const total = { unpacked: sum(image.layers, "unpacked"), packed: image.size };
  const end = `built a ${stage.kind} stage one in ${image.seconds.toFixed(2)} s: ${image.path} (${formatBytes(image.size)})`;
  const secret = image.mode === 0o600 ? ["it holds secrets, so only its owner may read it (0600)"] : [];
  return `${[...heads, "", ...layers, sizes("total", total), "", ...secret, end].join("\n")}\n`;
}

const column = 12;

function stageName({ stage, target }: Compiled): string {
  return stage.kind === "systemd" ? `systemd ${target.systemd ?? ""}`.trimEnd() : "a script for busybox";
}

function units(number: number): string {
  return number === 0 ? "" : `, ${count(number, "unit")} of its own`;
}

/** Modules name files for every device they know, so that what is missing is no fault: `--json` lists it. */
function firmwareRow({ entries, missing }: Compiled["firmware"]): readonly (readonly ["firmware", string])[] {
  if (entries.length + missing.length === 0) return [];
  const absent = missing.length === 0 ? "" : `; the sysroot lacks ${missing.length} that the modules name`;
  return [["firmware", `${count(entries.length, "file")}${absent}`]];
}

function layerLine(layer: LayerReport): string {
  const how = layer.compression === "none" ? "not compressed" : layer.compression;
  const from = layer.fromCache ? ", from the cache" : "";
  return `${sizes(layer.layer, layer)}   ${count(layer.files, "file")}, ${how}${from}`;
}

function sizes(what: string, { unpacked, packed }: { readonly unpacked: number; readonly packed: number }): string {
  return `${what.padEnd(column)}${formatBytes(unpacked).padStart(9)} → ${formatBytes(packed).padStart(9)}`;
}

function sum(layers: readonly LayerReport[], key: "unpacked" | "packed"): number {
  return layers.reduce((total, layer) => total + layer[key], 0);
}

function builtIn(number: number): string {
  return number === 0 ? "" : `, and ${number} built into the kernel`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
