/** `systemd-escape STRING`: any string as a part of a unit name (systemd.unit(5), "String Escaping for Inclusion in Unit Names"). */
export function escapeUnitName(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte, index) => {
      const character = String.fromCharCode(byte);
      if (character === "/") return "-";
      const plain = /[A-Za-z0-9:_.]/.test(character) && !(character === "." && index === 0);
      return plain ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
}

/** `systemd-escape --path PATH`: an absolute path as a part of a unit name; the root directory is `-`. */
export function escapePath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.length === 0 ? "-" : escapeUnitName(parts.join("/"));
}

/** `systemd-escape --unescape`: the inverse of `escapeUnitName`. */
export function unescapeUnitName(name: string): string {
  const bytes: number[] = [];
  for (let index = 0; index < name.length; index++) {
    const hex = /^\\x([0-9a-fA-F]{2})/.exec(name.slice(index, index + 4))?.[1];
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      index += 3;
    } else {
      bytes.push(name[index] === "-" ? 0x2f : name.charCodeAt(index));
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** The unit that systemd makes of a device node or mount point: `dev-disk-by\x2duuid-….device`, `sysroot-usr.mount`. */
export function deviceUnit(path: string): string {
  return `${escapePath(path)}.device`;
}

export function mountUnit(path: string): string {
  return `${escapePath(path)}.mount`;
}

/** A value in which `%` must not start a specifier (systemd.unit(5), "Specifiers"). */
export function literal(value: string): string {
  return value.replaceAll("%", "%%");
}

/** One word of an `Exec…=` line that reaches the program as it is (systemd.service(5), "Command Lines"). */
function execWord(word: string): string {
  const escaped = literal(word).replaceAll("$", "$$$$");
  if (/^[A-Za-z0-9_@%+=:,./$-]+$/.test(escaped)) return escaped;
  const quoted = escaped.replace(/[\\"]/g, "\\$&").replace(/[\x01-\x1f\x7f]/g, hexadecimal);
  return `"${quoted}"`;
}

function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

export function execLine(words: readonly string[]): string {
  return words.map(execWord).join(" ");
}
