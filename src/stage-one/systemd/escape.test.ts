import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceUnit, escapePath, escapeUnitName, execLine, literal, mountUnit, unescapeUnitName } from "./escape.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }).filter((text) => !/[\0\p{Surrogate}]/u.test(text)),
  fc.string({ unit: fc.constantFrom(...Array.from("a-/.\\x2d%$;\"' \n\té€=:_@{}~#")), maxLength: 20 }),
);

describe("escapeUnitName", () => {
  it("is undone by unescapeUnitName", () => {
    fc.assert(fc.property(anyText, (text) => unescapeUnitName(escapeUnitName(text)) === text));
  });

  it("leaves only characters that a unit's name may have", () => {
    fc.assert(fc.property(anyText, (text) => /^[A-Za-z0-9:_.\\-]*$/.test(escapeUnitName(text))));
  });

  it("gives different names to different texts", () => {
    fc.assert(fc.property(anyText, anyText, (a, b) => a === b || escapeUnitName(a) !== escapeUnitName(b)));
  });
});

describe("escapePath", () => {
  it.each([
    ["/", "-"],
    ["/usr", "usr"],
    ["/srv/my data/", "srv-my\\x20data"],
    ["//a//b", "a-b"],
    ["/.hidden/.file", "\\x2ehidden-.file"],
    ["/dev/mapper/a-b", "dev-mapper-a\\x2db"],
    ["/ä", "\\xc3\\xa4"],
  ])("spells %s as systemd does", (path, name) => {
    expect(escapePath(path)).toBe(name);
  });

  it("names the units of a device and a mount", () => {
    expect(deviceUnit("/dev/disk/by-label/a\\x20b")).toBe("dev-disk-by\\x2dlabel-a\\x5cx20b.device");
    expect(mountUnit("/sysroot")).toBe("sysroot.mount");
  });
});

describe.skipIf(!hasSystemdEscape())("systemd-escape (skipped where this machine has none)", () => {
  const words = fc.array(
    anyText.filter((text) => text !== "" && !text.startsWith("-")),
    { minLength: 40, maxLength: 60 },
  );

  it("escapes names as we do", () => {
    fc.assert(
      fc.property(words, (texts) => {
        expect(systemdEscape(["--", ...texts])).toEqual(texts.map(escapeUnitName));
      }),
      { numRuns: 5 },
    );
  });

  it("escapes paths as we do", () => {
    // A part of a path is neither `.` nor `..`, as the declaration guarantees.
    const part = anyText.map((text) => `x${text.replaceAll("/", "")}`);
    const paths = fc.array(
      fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join("/")}`),
      {
        minLength: 40,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(paths, (all) => {
        expect(systemdEscape(["--path", "--", ...all])).toEqual(all.map(escapePath));
      }),
      { numRuns: 5 },
    );
  });
});

describe("execLine", () => {
  it("reaches the program as it was, whatever the words hold", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 5 }), (words) => {
        const line = execLine(["/usr/bin/echo", ...words]);
        expect(line).not.toMatch(/[\n\r\0]/);
        expect(wordsAsSystemdReads(line)).toEqual(["/usr/bin/echo", ...words]);
      }),
    );
  });

  it("leaves plain words without quotes, for people", () => {
    expect(execLine(["/usr/bin/mount", "-o", "ro,subvol=@", "/dev/vda"])).toBe(
      "/usr/bin/mount -o ro,subvol=@ /dev/vda",
    );
  });

  it("quotes a semicolon, which would begin another command", () => {
    expect(execLine(["/usr/bin/echo", ";", "/bin/sh"])).toBe('/usr/bin/echo ";" /bin/sh');
  });
});

describe("literal", () => {
  it("doubles percent signs, which begin specifiers", () => {
    expect(literal("50%b")).toBe("50%%b");
  });
});

/**
 * What a program is started with, by systemd.service(5), "Command Lines": words apart by white space, single and
 * double quotes, C escapes; then `%%` and `$$`. Specifiers and variables, which none of our words may hold, throw.
 */
function wordsAsSystemdReads(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? "";
    if (character === "\\") {
      const [all, decoded] = escapeAt(line.slice(at));
      word = (word ?? "") + decoded;
      at += all - 1;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/[ \t\n\r]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === ";" && word === undefined && /^;(\s|$)/.test(line.slice(at))) {
      throw new Error("a second command begins");
    } else word = (word ?? "") + character;
  }
  if (quote !== "") throw new Error("a quote is not closed");
  return (word === undefined ? words : [...words, word]).map(expanded);
}

function escapeAt(text: string): [length: number, decoded: string] {
  const hex = /^\\x([0-9a-fA-F]{2})/.exec(text)?.[1];
  if (hex !== undefined) return [4, String.fromCharCode(Number.parseInt(hex, 16))];
  const known: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", s: " ", "\\": "\\", '"': '"', "'": "'" };
  const decoded = known[text[1] ?? ""];
  if (decoded === undefined) throw new Error(`${text.slice(0, 2)} is no escape`);
  return [2, decoded];
}

function expanded(word: string): string {
  const plain = word.replaceAll(/%(.?)/gs, (_all, next: string) => {
    if (next !== "%") throw new Error(`a specifier %${next} is left`);
    return "%";
  });
  return plain.replaceAll(/\$(.?)/gs, (_all, next: string) => {
    if (next !== "$") throw new Error(`a variable $${next} is left`);
    return "$";
  });
}

function systemdEscape(words: readonly string[]): string[] {
  // The names come apart by spaces, which none of them contains.
  return execFileSync("systemd-escape", words, { encoding: "utf8", env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" } })
    .trimEnd()
    .split(" ");
}

function hasSystemdEscape(): boolean {
  try {
    return execFileSync("systemd-escape", ["a"], { stdio: "pipe" }).length > 0;
  } catch {
    return false;
  }
}
