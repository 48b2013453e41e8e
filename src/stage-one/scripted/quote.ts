/** A word of a POSIX shell that stands for exactly this text (XCU 2.2.2); never a newline more or less. */
export function shellWord(text: string): string {
  if (text.includes("\0")) throw new Error("a word of a shell has no NUL");
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
