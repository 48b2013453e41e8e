/** Text, or how far the bytes were text: everything before the first byte that is not UTF-8. */
export type Decoded = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly before: string };

/** Decodes UTF-8 strictly; a byte order mark at the start is dropped, as TOML asks. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const text = decodeWhole(bytes);
  if (text !== undefined) return { ok: true, text: withoutMark(text) };
  return { ok: false, before: withoutMark(longestPrefix(bytes)) };
}

function decodeWhole(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** TextDecoder does not say where it failed; that a prefix decodes is monotone, so halving finds it. */
function longestPrefix(bytes: Uint8Array): string {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (decodePrefix(bytes.subarray(0, middle)) === undefined) bad = middle;
    else good = middle;
  }
  return decodePrefix(bytes.subarray(0, good)) ?? "";
}

/** A character cut off at the end is left out instead of refused. */
function decodePrefix(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
