/**
 * 512 bytes that a PC's firmware starts: they count 16 million steps in real mode, write `OK` to the debug port 0xe9 and
 * halt. A processor that emulates every instruction with a trap does not get there in time.
 */
export function bootSector(): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set(instructions);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

export const bootSectorSays = "OK";
export const debugPort = 0xe9;

const instructions = [
  ...[0xfa], // cli
  ...[0xbb, 0x00, 0x01], // mov bx, 256
  ...[0xb9, 0xff, 0xff], // outer: mov cx, 65535
  ...[0xe2, 0xfe], // inner: loop inner
  ...[0x4b], // dec bx
  ...[0x75, 0xf8], // jnz outer
  ...[0xb0, 0x4f, 0xe6, debugPort], // mov al, 'O'; out 0xe9, al
  ...[0xb0, 0x4b, 0xe6, debugPort], // mov al, 'K'; out 0xe9, al
  ...[0xf4], // halt: hlt
  ...[0xeb, 0xfd], // jmp halt
];
