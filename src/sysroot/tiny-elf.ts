/** What a `tinyElf` says of itself; all of it may be left out. */
export interface TinyElf {
  readonly bits?: 32 | 64;
  readonly endian?: "little" | "big";
  /** e_machine, default 62 (x86-64). */
  readonly machine?: number;
  readonly flags?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  readonly noDefaultLibraries?: boolean;
  /** Names of functions it uses. */
  readonly symbols?: readonly string[];
  /** The JSON of its dlopen note: an object for each library, or any text. */
  readonly dlopens?: string | readonly object[];
}

/** An ELF file for tests: no code, but headers that readelf(1) and the loader agree with. */
export function tinyElf(says: TinyElf = {}): Uint8Array {
  const wide = (says.bits ?? 64) === 64;
  const little = (says.endian ?? "little") === "little";
  const strings = stringTable();
  const dynamic: [number, number][] = [
    ...(says.needed ?? []).map((name): [number, number] => [1, strings.add(name)]),
    ...tagged(14, says.soname, strings),
    ...tagged(15, says.rpath, strings),
    ...tagged(29, says.runpath, strings),
    ...(says.noDefaultLibraries ? [[0x6ffffffb, 0x800] satisfies [number, number]] : []),
  ];
  for (const symbol of says.symbols ?? []) strings.add(symbol);

  const parts: { type: number; bytes: Uint8Array; align: number }[] = [];
  if (says.interpreter !== undefined) parts.push({ type: 3, bytes: Buffer.from(`${says.interpreter}\0`), align: 1 });
  if (says.dlopens !== undefined) parts.push({ type: 4, bytes: note(says.dlopens, little), align: 4 });
  const headerSize = wide ? 64 : 52;
  const entrySize = wide ? 56 : 32;
  const segmentCount = parts.length + 2;
  let end = headerSize + entrySize * segmentCount;
  const place = (length: number): number => {
    const at = Math.ceil(end / 8) * 8;
    end = at + length;
    return at;
  };
  const placed = parts.map((part) => ({ ...part, offset: place(part.bytes.length) }));
  const stringBytes = strings.bytes();
  const stringOffset = place(stringBytes.length);
  const width = wide ? 8 : 4;
  const table = [...dynamic, [5, stringOffset + base], [10, stringBytes.length], [0, 0]] as const;
  const dynamicOffset = place(table.length * 2 * width);

  const file = new Uint8Array(end);
  const view = new DataView(file.buffer);
  const word = (at: number, value: number): void => {
    if (wide) view.setBigUint64(at, BigInt(value), little);
    else view.setUint32(at, value, little);
  };
  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  view.setUint16(16, 3, little);
  view.setUint16(18, says.machine ?? 62, little);
  view.setUint32(20, 1, little);
  word(wide ? 32 : 28, headerSize);
  view.setUint32(wide ? 48 : 36, says.flags ?? 0, little);
  view.setUint16(wide ? 52 : 40, headerSize, little);
  view.setUint16(wide ? 54 : 42, entrySize, little);
  view.setUint16(wide ? 56 : 44, segmentCount, little);

  const segment = (index: number, type: number, offset: number, size: number, align: number): void => {
    const at = headerSize + index * entrySize;
    view.setUint32(at, type, little);
    view.setUint32(at + (wide ? 4 : 24), 4, little);
    word(at + (wide ? 8 : 4), offset);
    word(at + (wide ? 16 : 8), offset + base);
    word(at + (wide ? 24 : 12), offset + base);
    word(at + (wide ? 32 : 16), size);
    word(at + (wide ? 40 : 20), size);
    word(at + (wide ? 48 : 28), align);
  };
  segment(0, 1, 0, end, 4096);
  segment(1, 2, dynamicOffset, table.length * 2 * width, 8);
  placed.forEach((part, index) => {
    segment(index + 2, part.type, part.offset, part.bytes.length, part.align);
    file.set(part.bytes, part.offset);
  });
  file.set(stringBytes, stringOffset);
  table.forEach(([key, value], index) => {
    word(dynamicOffset + index * 2 * width, key);
    word(dynamicOffset + (index * 2 + 1) * width, value);
  });
  return file;
}

/** Addresses differ from offsets, as in most real files. */
const base = 0x10000;

interface Strings {
  add(text: string): number;
  bytes(): Uint8Array;
}

function stringTable(): Strings {
  let text = "\0";
  return {
    add: (more) => {
      const index = Buffer.byteLength(text);
      text += `${more}\0`;
      return index;
    },
    bytes: () => Buffer.from(text),
  };
}

function tagged(tag: number, text: string | undefined, strings: Strings): [number, number][] {
  return text === undefined ? [] : [[tag, strings.add(text)]];
}

function note(dlopens: string | readonly object[], little: boolean): Uint8Array {
  const json = Buffer.from(`${typeof dlopens === "string" ? dlopens : JSON.stringify(dlopens)}\0`);
  const bytes = new Uint8Array(16 + Math.ceil(json.length / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 4, little);
  view.setUint32(4, json.length, little);
  view.setUint32(8, 0x407c0c0a, little);
  bytes.set(Buffer.from("FDO\0"), 12);
  bytes.set(json, 16);
  return bytes;
}
