/** A file seen through a few of its pages, for readers that follow offsets they do not trust. */
export interface Window {
  /** Exactly these bytes, or undefined when the file does not hold them all. */
  read(offset: number, length: number): DataView | undefined;
  /** What the file holds of these bytes. */
  upTo(offset: number, length: number): Uint8Array;
}

/** `size` is the file's length in bytes; `readAt` is as in `Tree`. */
export function windowOn(readAt: (offset: number, length: number) => Uint8Array, size: number): Window {
  const held: { readonly offset: number; readonly bytes: Uint8Array }[] = [];

  const upTo = (offset: number, length: number): Uint8Array => {
    const end = Math.min(offset + length, size);
    if (!(offset >= 0 && end > offset)) return nothing;
    let page = held.find((one) => one.offset <= offset && end <= one.offset + one.bytes.length);
    if (page === undefined) {
      const start = offset - (offset % pageSize);
      page = { offset: start, bytes: readAt(start, Math.ceil((end - start) / pageSize) * pageSize) };
      held.push(page);
    }
    return page.bytes.subarray(offset - page.offset, Math.max(0, end - page.offset));
  };

  return {
    upTo,
    read: (offset, length) => {
      const bytes = upTo(offset, length);
      return bytes.length === length ? new DataView(bytes.buffer, bytes.byteOffset, length) : undefined;
    },
  };
}

const pageSize = 4096;
const nothing = new Uint8Array(0);
