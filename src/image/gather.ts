/**
 * The same bytes in pieces of at least `size`, but for the last: headers and padding come in crumbs, and each write to
 * a pipe or a file costs a system call. A piece that is large by itself is passed on without copying it.
 */
export async function* gather(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  size = 64 * 1024,
): AsyncGenerator<Uint8Array, void, undefined> {
  let crumbs: Uint8Array[] = [];
  let held = 0;
  for await (const piece of pieces) {
    if (held > 0 && piece.length >= size) {
      yield Buffer.concat(crumbs, held);
      crumbs = [];
      held = 0;
    }
    if (piece.length >= size) {
      yield piece;
      continue;
    }
    crumbs.push(piece);
    held += piece.length;
    if (held >= size) {
      yield Buffer.concat(crumbs, held);
      crumbs = [];
      held = 0;
    }
  }
  if (held > 0) yield Buffer.concat(crumbs, held);
}
