/** A word of the guest's shell that stands for exactly this text. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
