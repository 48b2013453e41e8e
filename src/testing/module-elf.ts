/** A relocatable ELF file with nothing but a `.modinfo`, as small as it can be: elf(5). For tests. */
export function moduleElf(
  records: readonly string[],
  { wide, little }: { readonly wide: boolean; readonly little: boolean } = { wide: true, little: true },
): Uint8Array {
  const names = Buffer.from("\0.shstrtab\0.modinfo\0");
  const info = Buffer.from(records.map((record) => `${record}\0`).join(""), "latin1");
  const [head, entry, word] = wide ? [64, 64, 8] : [52, 40, 4];
  const table = head + names.length + info.length;
  const file = Buffer.alloc(table + 3 * entry);
  const put = (value: number, offset: number, size: number): void => {
    if (size === 8) {
      if (little) file.writeBigUInt64LE(BigInt(value), offset);
      else file.writeBigUInt64BE(BigInt(value), offset);
    } else if (little) file.writeUIntLE(value, offset, size);
    else file.writeUIntBE(value, offset, size);
  };
  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  put(table, wide ? 40 : 32, word);
  put(entry, wide ? 58 : 46, 2);
  put(3, wide ? 60 : 48, 2);
  put(1, wide ? 62 : 50, 2);
  file.set(names, head);
  file.set(info, head + names.length);
  const section = (index: number, name: number, offset: number, size: number): void => {
    put(name, table + index * entry, 4);
    put(offset, table + index * entry + (wide ? 24 : 16), word);
    put(size, table + index * entry + (wide ? 32 : 20), word);
  };
  section(1, 1, head, names.length);
  section(2, 11, head + names.length, info.length);
  return file;
}
