/** Keeps what is said, up to a limit: of more than that the first half and the latest half. */
export interface ByteLog {
  add(piece: Uint8Array): void;
  bytes(): Uint8Array;
}

export function byteLog(limit = 16 * 1024 ** 2): ByteLog {
  const half = Math.floor(limit / 2);
  const head: Uint8Array[] = [];
  let headLength = 0;
  let tail: Uint8Array[] = [];
  let tailLength = 0;
  let lost = false;
  return {
    add(piece) {
      const first = piece.subarray(0, Math.max(0, half - headLength));
      head.push(Uint8Array.from(first));
      headLength += first.length;
      tail.push(Uint8Array.from(piece.subarray(first.length)));
      tailLength += piece.length - first.length;
      if (tailLength <= 2 * half) return;
      const kept = Buffer.concat(tail).subarray(-half);
      tail = [kept];
      tailLength = kept.length;
      lost = true;
    },
    bytes() {
      const note = lost ? [Buffer.from("\n[unitrd: output left out here]\n")] : [];
      return Buffer.concat([...head, ...note, ...tail]);
    },
  };
}
