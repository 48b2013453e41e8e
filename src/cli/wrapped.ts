/** A paragraph in lines of at most `width` characters, as far as its words allow; code blocks stay as they are. */
export function wrapped(paragraph: string, width: number): string {
  if (/^( {4}|```)/.test(paragraph)) return paragraph;
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
