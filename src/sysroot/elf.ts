import { parseDlopenNotes, type DlopenNote } from "./dlopen-note.ts";
import { windowOn, type Window } from "./window.ts";
import type { Tree } from "./tree.ts";

/** What the dynamic loader looks at in an object, from its headers alone. */
export interface Elf {
  readonly bits: 32 | 64;
  readonly endian: "little" | "big";
  /** e_machine: 62 is x86-64, 183 AArch64; elf.h names them. */
  readonly machine: number;
  /** e_flags: the ABI on some machines. */
  readonly flags: number;
  /** PT_INTERP: the program that loads this one. */
  readonly interpreter: string | undefined;
  readonly needed: readonly string[];
  readonly soname: string | undefined;
  /** DT_RPATH as written, colon-separated. */
  readonly rpath: string | undefined;
  readonly runpath: string | undefined;
  /** DF_1_NODEFLIB: the default directories are not searched for what this object needs. */
  readonly noDefaultLibraries: boolean;
  /** It calls pthread_exit(3) or pthread_cancel(3), for which glibc opens libgcc_s.so.1 on its own. */
  readonly unwindsThreads: boolean;
  readonly dlopens: readonly DlopenNote[];
}

export type ElfReading =
  | { readonly is: "elf"; readonly elf: Elf }
  | { readonly is: "other" }
  /** It begins as an ELF file, but cannot be what it says. */
  | { readonly is: "broken"; readonly problem: ElfProblem };

export interface ElfProblem {
  /** As the end of a sentence: `the program headers end behind the file`. */
  readonly what: string;
  /** Offset in the file, in bytes, of what is wrong. */
  readonly offset: number;
}

/**
 * Reads the headers of an ELF file (elf(5)), a few pages of it, whatever it claims of itself: a file that is cut short
 * or lies is "broken". Throws only when the tree does, so never for a regular file on a sound medium.
 */
export function readElf(tree: Tree, path: string): ElfReading {
  const size = tree.lstat(path)?.size ?? 0;
  const window = windowOn((offset, length) => tree.readAt(path, offset, length), size);
  const magic = window.read(0, 4);
  if (magic?.getUint32(0) !== 0x7f454c46) return { is: "other" };
  try {
    return { is: "elf", elf: readHeaders(window) };
  } catch (error) {
    if (error instanceof Broken) return { is: "broken", problem: { what: error.message, offset: error.offset } };
    throw error;
  }
}

/** Leaves this module only as an `ElfProblem`. */
class Broken extends Error {
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(what);
    this.offset = offset;
  }
}

/** More than any real file has; what lies beyond is a lie, or an attempt to keep us busy. */
const limits = {
  segments: 1024,
  needed: 1024,
  dynamic: 256 * 1024,
  notes: 256 * 1024,
  name: 4096,
  symbols: 2 * 1024 * 1024,
};

function readHeaders(window: Window): Elf {
  const ident = must(window, 0, 16, "the file ends within its header");
  const bits = pick(ident.getUint8(4), [32, 64] as const, "has an unknown class", 4);
  const endian = pick(ident.getUint8(5), ["little", "big"] as const, "has an unknown byte order", 5);
  const layout: Layout = { window, wide: bits === 64, little: endian === "little" };
  const header = must(window, 0, layout.wide ? 64 : 52, "the file ends within its header");
  const segments = readSegments(layout, header);
  const dynamic = readDynamic(layout, segments);
  return {
    bits,
    endian,
    machine: header.getUint16(18, layout.little),
    flags: header.getUint32(layout.wide ? 48 : 36, layout.little),
    interpreter: readInterpreter(layout, segments),
    ...dynamic,
    dlopens: readNotes(layout, segments),
  };
}

interface Layout {
  readonly window: Window;
  readonly wide: boolean;
  readonly little: boolean;
}

function must(window: Window, offset: number, length: number, otherwise: string): DataView {
  const view = window.read(offset, length);
  if (view === undefined) throw new Broken(otherwise, offset);
  return view;
}

function pick<T>(byte: number, of: readonly [T, T], otherwise: string, offset: number): T {
  if (byte === 1) return of[0];
  if (byte === 2) return of[1];
  throw new Broken(`the header ${otherwise}`, offset);
}

/** An address or offset; beyond 2^53 it is beyond every file, which is all that is asked of it. */
function word(layout: Layout, view: DataView, offset: number): number {
  return layout.wide ? Number(view.getBigUint64(offset, layout.little)) : view.getUint32(offset, layout.little);
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  readonly align: number;
}

function readSegments(layout: Layout, header: DataView): readonly Segment[] {
  const { wide, little } = layout;
  const start = word(layout, header, wide ? 32 : 28);
  const entrySize = header.getUint16(wide ? 54 : 42, little);
  const count = header.getUint16(wide ? 56 : 44, little);
  if (count === 0) return [];
  if (entrySize !== (wide ? 56 : 32)) throw new Broken("the program headers have an unknown size", wide ? 54 : 42);
  if (count > limits.segments) throw new Broken(`there are ${count} program headers`, wide ? 56 : 44);
  const table = must(layout.window, start, count * entrySize, "the program headers end behind the file");
  return Array.from({ length: count }, (_, index) => {
    const at = index * entrySize;
    return {
      type: table.getUint32(at, little),
      offset: word(layout, table, at + (wide ? 8 : 4)),
      address: word(layout, table, at + (wide ? 16 : 8)),
      size: word(layout, table, at + (wide ? 32 : 16)),
      align: word(layout, table, at + (wide ? 48 : 28)),
    };
  });
}

const segmentType = { load: 1, dynamic: 2, interpreter: 3, note: 4 } as const;

function readInterpreter({ window }: Layout, segments: readonly Segment[]): string | undefined {
  const segment = segments.find(({ type }) => type === segmentType.interpreter);
  if (segment === undefined) return undefined;
  const { offset, size } = segment;
  if (size > limits.name) throw new Broken("the name of the interpreter is too long", offset);
  return text(bytesOf(must(window, offset, size, "the name of the interpreter ends behind the file")));
}

type Dynamic = Pick<Elf, "needed" | "soname" | "rpath" | "runpath" | "noDefaultLibraries" | "unwindsThreads">;

const tag = { needed: 1, strings: 5, stringsSize: 10, soname: 14, rpath: 15, runpath: 29, flags1: 0x6ffffffb } as const;

function readDynamic(layout: Layout, segments: readonly Segment[]): Dynamic {
  const segment = segments.find(({ type }) => type === segmentType.dynamic);
  if (segment === undefined) {
    return {
      needed: [],
      soname: undefined,
      rpath: undefined,
      runpath: undefined,
      noDefaultLibraries: false,
      unwindsThreads: false,
    };
  }
  const entries = readEntries(layout, segment);
  const needed = entries.filter((entry) => entry.tag === tag.needed);
  if (needed.length > limits.needed) throw new Broken(`it needs ${needed.length} libraries`, segment.offset);
  const first = (wanted: number): number | undefined => entries.find((entry) => entry.tag === wanted)?.value;
  const strings = stringTable(layout, segments, segment, first(tag.strings) ?? 0, first(tag.stringsSize) ?? 0);
  const string = (wanted: number): string | undefined => {
    const index = first(wanted);
    return index === undefined ? undefined : strings.at(index);
  };
  return {
    needed: needed.map(({ value }) => strings.at(value)),
    soname: string(tag.soname),
    rpath: string(tag.rpath),
    runpath: string(tag.runpath),
    noDefaultLibraries: ((first(tag.flags1) ?? 0) & 0x800) !== 0,
    unwindsThreads: strings.holds(["pthread_exit", "pthread_cancel"]),
  };
}

interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

function readEntries(layout: Layout, { offset, size }: Segment): readonly DynamicEntry[] {
  if (size > limits.dynamic) throw new Broken("the dynamic section is too long", offset);
  const table = must(layout.window, offset, size, "the dynamic section ends behind the file");
  const width = layout.wide ? 8 : 4;
  const entries: DynamicEntry[] = [];
  for (let at = 0; at + 2 * width <= size; at += 2 * width) {
    const entry = { tag: word(layout, table, at), value: word(layout, table, at + width) };
    if (entry.tag === 0) break;
    entries.push(entry);
  }
  return entries;
}

interface StringTable {
  at(index: number): string;
  holds(names: readonly string[]): boolean;
}

function stringTable(
  { window }: Layout,
  segments: readonly Segment[],
  dynamic: Segment,
  address: number,
  size: number,
): StringTable {
  // The table's place is told as an address; the loader finds it in what PT_LOAD maps.
  const load = segments.find(
    (segment) =>
      segment.type === segmentType.load && address >= segment.address && address < segment.address + segment.size,
  );
  const start = load === undefined ? undefined : address - load.address + load.offset;
  return {
    at: (index) => {
      if (start === undefined) throw new Broken("the string table lies in no segment", dynamic.offset);
      const most = Math.min(size - index, limits.name + 1);
      if (most <= 0) throw new Broken("a name lies behind the string table", start + size);
      const bytes = window.upTo(start + index, most);
      if (!bytes.includes(0)) throw new Broken("a name in the string table has no end", start + index);
      return text(bytes);
    },
    holds: (names) => {
      if (start === undefined || size > limits.symbols) return false;
      const { buffer, byteOffset, length } = window.upTo(start, size);
      const bytes = Buffer.from(buffer, byteOffset, length);
      return names.some((name) => bytes.includes(`\0${name}\0`, 0, "latin1"));
    },
  };
}

/** The dlopen notes in PT_NOTE; the section `.note.dlopen` is allocated, so every one is in there. */
function readNotes({ window, little }: Layout, segments: readonly Segment[]): readonly DlopenNote[] {
  const found: DlopenNote[] = [];
  for (const { type, offset, size, align } of segments) {
    if (type !== segmentType.note) continue;
    if (size > limits.notes) throw new Broken("the notes are too long", offset);
    const notes = must(window, offset, size, "the notes end behind the file");
    // As the kernel and the loader: notes are padded to 4 bytes, or to 8 where the segment says so.
    const padded = (length: number): number => (align === 8 ? (length + 7) & ~7 : (length + 3) & ~3);
    for (let at = 0; at + 12 <= size;) {
      const nameSize = notes.getUint32(at, little);
      const contentSize = notes.getUint32(at + 4, little);
      if (nameSize > size || contentSize > size) throw new Broken("a note ends behind its segment", offset + at);
      const content = at + padded(12 + nameSize);
      if (content + contentSize > size) throw new Broken("a note ends behind its segment", offset + at);
      if (notes.getUint32(at + 8, little) === dlopenNote && nameSize === 4 && notes.getUint32(at + 12) === ownerFdo) {
        const parsed = parseDlopenNotes(text(bytesOf(notes).subarray(content, content + contentSize)));
        if (parsed === undefined) throw new Broken("the dlopen note is no list of libraries", offset + content);
        found.push(...parsed);
      }
      at = padded(content + contentSize);
    }
  }
  return found;
}

/** Type and owner ("FDO\0") of the note: https://uapi-group.org/specifications/specs/elf_dlopen_metadata/ */
const dlopenNote = 0x407c0c0a;
const ownerFdo = 0x46444f00;

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Up to the first NUL. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, end === -1 ? bytes.length : end).toString();
}
