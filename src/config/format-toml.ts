import { formatKey, quote } from "./path.ts";

/** A value on one line as TOML writes it, tables inline; for documentation and messages. */
export function formatToml(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(formatToml).join(", ")}]`;
  if (typeof value !== "object" || value === null) return '""';
  const pairs = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (pairs.length === 0) return "{}";
  return `{ ${pairs.map(([key, entry]) => `${formatKey(key)} = ${formatToml(entry)}`).join(", ")} }`;
}

function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return String(value);
}
