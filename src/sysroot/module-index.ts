/** One value of a key; of several the one with the lower priority comes first. */
export interface IndexValue {
  readonly priority: number;
  readonly value: string;
}

/** A key is 7-bit, without NUL. */
export type IndexEntries = readonly (readonly [key: string, value: IndexValue])[];

/**
 * The bytes of a libkmod index (`modules.dep.bin` and its siblings), such as depmod(8) writes.
 *
 * A header (magic 0xb007f457, version 2.1, the root's offset; everything big-endian) and the nodes of a radix tree,
 * children before parents. The upper bits of an offset say which parts a node has, in this order: a prefix ending
 * with NUL; the first and last byte that a child hangs on, and an offset for each byte between (0 for none); the number
 * of values, and for each its priority and text ending with NUL.
 *
 * Throws a RangeError when a key cannot be written: bytes above 0x7f, or NUL in key or value.
 */
export function writeIndex(entries: IndexEntries): Uint8Array {
  const keys = new Map<string, IndexValue[]>();
  for (const [key, value] of entries) {
    if (!sevenBit.test(key) || value.value.includes("\0")) throw new RangeError(`no key for an index: ${key}`);
    const values = keys.get(key);
    if (values === undefined) keys.set(key, [value]);
    else values.push(value);
  }
  // Of seven bits: the default order is that of the bytes.
  const sorted = [...keys.keys()].sort().map((key) => [key, keys.get(key) ?? []] as const);
  const writer = new IndexWriter();
  writer.u32(magic);
  writer.u32(version);
  writer.u32(0);
  const root = writeNode(writer, sorted, 0, sorted.length, 0, true);
  return writer.finish(root);
}

const sevenBit = /^[\x01-\x7f]*$/;
const magic = 0xb007f457;
const version = 0x00020001;
const flags = { prefix: 0x80000000, values: 0x40000000, children: 0x20000000 };
const offsetMask = 0x0fffffff;

type Sorted = readonly (readonly [string, readonly IndexValue[]])[];

/**
 * Writes the node of the keys `from` to `to`, which agree in their first `depth` characters. Returns its offset. The
 * root has no prefix even if all keys begin alike: depmod gives it none, and so the same tree has the same bytes.
 */
function writeNode(
  writer: IndexWriter,
  sorted: Sorted,
  from: number,
  to: number,
  depth: number,
  isRoot = false,
): number {
  const first = sorted[from]?.[0] ?? "";
  const last = sorted[to - 1]?.[0] ?? "";
  let end = depth;
  // Sorted keys share what the first and the last share.
  while (!isRoot && end < first.length && end < last.length && first[end] === last[end]) end += 1;

  const own = first.length === end ? sorted[from]?.[1] : undefined;
  const children: { readonly byte: number; readonly offset: number }[] = [];
  for (let start = own === undefined ? from : from + 1; start < to;) {
    const byte = sorted[start]?.[0].charCodeAt(end) ?? 0;
    let next = start + 1;
    while (next < to && sorted[next]?.[0].charCodeAt(end) === byte) next += 1;
    children.push({ byte, offset: writeNode(writer, sorted, start, next, end + 1) });
    start = next;
  }

  let offset = writer.length;
  if (end > depth) {
    offset += flags.prefix;
    writer.text(first.slice(depth, end));
  }
  const lowest = children[0]?.byte;
  const highest = children.at(-1)?.byte;
  if (lowest !== undefined && highest !== undefined) {
    offset += flags.children;
    writer.u8(lowest);
    writer.u8(highest);
    let next = lowest;
    for (const child of children) {
      writer.zeros(4 * (child.byte - next));
      writer.u32(child.offset);
      next = child.byte + 1;
    }
  }
  if (own !== undefined) {
    offset += flags.values;
    const values = [...own].sort((a, b) => a.priority - b.priority);
    writer.u32(values.length);
    for (const { priority, value } of values) {
      writer.u32(priority);
      writer.text(value);
    }
  }
  return offset;
}

class IndexWriter {
  #bytes = new Uint8Array(64 * 1024);
  length = 0;

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length] = value;
    this.length += 1;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#put(value, this.length);
    this.length += 4;
  }

  zeros(bytes: number): void {
    this.#reserve(bytes);
    this.length += bytes;
  }

  text(value: string): void {
    this.#reserve(value.length + 1);
    for (let i = 0; i < value.length; i += 1) this.#bytes[this.length + i] = value.charCodeAt(i);
    this.length += value.length + 1;
  }

  finish(root: number): Uint8Array {
    if (this.length > offsetMask) throw new RangeError("an index holds at most 256 MiB");
    this.#put(root, 8);
    return this.#bytes.slice(0, this.length);
  }

  #put(value: number, at: number): void {
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export type IndexReading =
  | { readonly is: "index"; readonly entries: ReadonlyMap<string, readonly IndexValue[]> }
  /** As the end of a sentence: `a node lies behind its end`. */
  | { readonly is: "broken"; readonly what: string };

/** Reads a whole index, keys in byte order. Bytes that are no index, or were cut short, give "broken". */
export function readIndex(bytes: Uint8Array): IndexReading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || view.getUint32(0) !== magic) return { is: "broken", what: "it does not begin as an index" };
  if (view.getUint32(4) >>> 16 !== version >>> 16) return { is: "broken", what: "it has an unknown version" };
  const entries = new Map<string, readonly IndexValue[]>();
  try {
    readNode(view, view.getUint32(8), "", entries, { bytes: bytes.length });
  } catch (error) {
    if (error instanceof BrokenIndex || error instanceof RangeError) return { is: "broken", what: brokenPhrase(error) };
    throw error;
  }
  return { is: "index", entries };
}

/** Leaves this module only as `what`. */
class BrokenIndex extends Error {}

function brokenPhrase(error: BrokenIndex | RangeError): string {
  return error instanceof BrokenIndex ? error.message : "a node lies behind its end";
}

const longestKey = 4096;

function readNode(
  view: DataView,
  flagged: number,
  before: string,
  entries: Map<string, readonly IndexValue[]>,
  budget: { bytes: number },
): void {
  if ((flagged & offsetMask) === 0) return;
  const start = flagged & offsetMask;
  let at = start;
  const text = (): string => {
    let value = "";
    for (let byte = view.getUint8(at); byte !== 0; byte = view.getUint8(at)) {
      value += String.fromCharCode(byte);
      at += 1;
    }
    at += 1;
    return value;
  };

  const key = (flagged & flags.prefix) === 0 ? before : before + text();
  const children: (readonly [number, number])[] = [];
  if ((flagged & flags.children) !== 0) {
    const lowest = view.getUint8(at);
    const highest = view.getUint8(at + 1);
    at += 2;
    for (let byte = lowest; byte <= highest; byte += 1, at += 4) children.push([byte, view.getUint32(at)]);
  }
  if ((flagged & flags.values) !== 0) {
    const count = view.getUint32(at);
    at += 4;
    const values: IndexValue[] = [];
    for (let i = 0; i < count; i += 1) {
      const priority = view.getUint32(at);
      at += 4;
      values.push({ priority, value: text() });
    }
    entries.set(key, values);
  }
  // Offsets may point anywhere, also at a parent; in a tree every byte is read once.
  budget.bytes -= at - start;
  if (budget.bytes < 0 || key.length > longestKey) throw new BrokenIndex("its nodes form no tree");
  for (const [byte, offset] of children) readNode(view, offset, key + String.fromCharCode(byte), entries, budget);
}
