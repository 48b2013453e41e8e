import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Entry } from "../image/manifest.ts";
import { layersOf } from "../image/layers.ts";
import { imageMode } from "../image/write.ts";
import { parseUnit, programsOf, valuesOf } from "../stage-one/systemd/unit-file.ts";
import { compileText, entryAt, plainRoot, textAt } from "../testing/synthetic-sysroot.ts";
import type { Compiled } from "./compile.ts";

/** What could break out of a line, a word, a specifier, a file or a path. */
const hostile = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from("ab/.%$;\"'\\ \n\r\té€=:@[]{}#,&|`<>*?!~-")), maxLength: 12 }),
  fc.constantFrom(
    "a\n[Service]\nExecStart=/bin/sh",
    "$(reboot)",
    "%n",
    "a;reboot",
    "../../etc/shadow",
    "a\\",
    " a ",
    "__proto__",
  ),
  fc.string({ unit: "binary", maxLength: 8 }).filter((text) => !/[\0\p{Surrogate}]/u.test(text)),
  fc.constantFrom("a".repeat(300), "é".repeat(120)),
);

/** Where a person may write a string, each as a declaration. */
const places: Readonly<Record<string, (text: string) => string>> = {
  "name of a mapping": (text) => `[luks.${toml(text)}]\ndevice = "UUID=a"\nkey-file = "key"\n`,
  "label of a device": (text) => `[luks.a]\ndevice = ${toml(`LABEL=${text}`)}\n`,
  "path of a device": (text) => `[luks.a]\ndevice = ${toml(`/dev/${text}`)}\n`,
  "option of crypttab": (text) => `[luks.a]\ndevice = "UUID=a"\noptions = [${toml(`key-slot=${text}`)}]\n`,
  "place of a mount": (text) => `[filesystems.${toml(`/${text}`)}]\ndevice = "UUID=a"\ntype = "ext4"\n`,
  "option of a mount": (text) => `[filesystems."/b"]\ndevice = "UUID=a"\ntype = "ext4"\noptions = [${toml(text)}]\n`,
  "source of a bind mount": (text) => `[filesystems."/b"]\ntype = "bind"\nsource = ${toml(`/${text}`)}\n`,
  "path of a file": (text) => `[files.${toml(`/${text}`)}]\ntext = "a"\n`,
  "name of a secret": (text) => `[secrets.${toml(text)}]\nfile = "key"\nkeep = true\n`,
  "path of a secret": (text) => `[secrets.a]\nfile = "key"\npath = ${toml(`/${text}`)}\n`,
  "name of a credential": (text) => `[secrets.${toml(text)}]\ncredential = "credential"\n`,
  "target of a link": (text) => `[files."/etc/a"]\nlink = ${toml(text)}\n`,
  "name of a unit": (text) => `[units.${toml(`${text}.service`)}]\ntext = "[Service]\\nExecStart=/usr/bin/echo\\n"\n`,
  "option of a module": (text) => `[modules]\navailable = ["kvm_amd"]\noptions.kvm_amd = [${toml(`a=${text}`)}]\n`,
  "name of a module": (text) => `[modules]\nload = [${toml(text)}]\n`,
  "host name": (text) => `[image]\nhostname = ${toml(text)}\n`,
  terminal: (text) => `[console]\ndevices = [${toml(text)}]\n`,
  "kernel parameter": (text) => `[sysctl]\n${toml(text)} = "1"\n`,
  "value of a kernel parameter": (text) => `[sysctl]\n"kernel.printk" = ${toml(text)}\n`,
  program: (text) => `[programs]\ninclude = [${toml(text)}]\n`,
  user: (text) => `[users]\ninclude = [${toml(text)}]\n`,
};

/** The head of one that was encrypted with no key. */
const credential = "BYRp2vb1QySABUnaD46i+yAAAAABAAAADAAAABAAAAB5OGYmpJXqthyqh0EA\nAAAAViHbDZE3phUxXJw=\n";

describe("a hostile string", () => {
  it.each(Object.keys(places))("as %s is refused, or stays where it was put", async (place) => {
    const plain = shapeOf((await compiled(place, "plain")).compiled);
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const { compiled: result, found } = await compiled(place, text);
        if (found.some(({ severity }) => severity === "error")) {
          expect(found.every(({ code, message }) => /^U\d{3}$/.test(code) && message !== "")).toBe(true);
          return;
        }
        for (const entry of result?.manifest.entries ?? []) {
          expect(entry.path).toMatch(/^(\/(?!\.{1,2}(\/|$))[^/\0]{1,255})+$|^\/$/);
        }
        for (const unit of unitsOf(result)) {
          const { assignments } = parseUnit(unit.text);
          // One line of the file for each assignment, header, comment and empty line: nothing was joined or split.
          const lines = unit.text.split(/[\n\r]/).filter((line) => /^[^#[]/.test(line));
          expect(lines).toEqual(assignments.map(({ key, value }) => `${key}=${value}`));
          for (const { program } of programsOf(parseUnit(unit.text))) expect(plain.programs).toContain(program);
        }
        if (place !== "name of a unit") expect(shapeOf(result).keys).toEqual(plain.keys);
      }),
      { numRuns: 40 },
    );
  });
});

describe("a value that is accepted", () => {
  it("is the very value of the unit", async () => {
    const declaration = `[filesystems."/srv/my data%"]\ndevice = "LABEL=50% \\"x\\\\y"\ntype = "ext4"\noptions = ["subvol=@ a;$b%c"]\n`;
    const { compiled: result, found } = await compileText(`${declaration}${plainRoot}`);
    expect(found).toEqual([]);
    const unit = parseUnit(textAt(result, "/etc/systemd/system/sysroot-srv-my\\x20data\\x25.mount") ?? "");
    const value = (key: string): string | undefined => valuesOf(unit, "Mount", key)[0]?.replaceAll("%%", "%");
    expect(value("Where")).toBe("/sysroot/srv/my data%");
    expect(value("What")).toBe("/dev/disk/by-label/50\\x25\\x20\\x22x\\x5cy");
    expect(value("Options")).toBe("subvol=@ a;$b%c");
  });

  it("is compared with root= as it is, not as a specifier", async () => {
    const { compiled: result } = await compileText('[filesystems."/"]\ndevice = "LABEL=50%o"\ntype = "ext4"\n');
    expect(textAt(result, "/etc/systemd/system/unitrd-root-replaced.service")).toContain(
      "\nConditionKernelCommandLine=!root=LABEL=50%%o\n",
    );
  });

  it("that no condition can hold is left out of it", async () => {
    const { compiled: result, found } = await compileText('[filesystems."/"]\ndevice = "LABEL=a\\\\"\ntype = "ext4"\n');
    expect(found).toEqual([]);
    expect(textAt(result, "/etc/systemd/system/unitrd-root-replaced.service")).not.toContain("LABEL=a\\\n");
  });
});

describe("a secret", () => {
  const key = "hunter2-key-material";
  const header = "hunter2-header";
  const hash = "$6$saltsalt$hunter2hash";
  const beside = { "/key": key, "/header": header };
  const declaration = `
[stage-one]
emergency-access = "${hash}"
[luks.a]
device = "UUID=a"
key-file = "key"
header = "header"
[files."/etc/token"]
text = "hunter2-token"
secret = true
[secrets.a]
command = ["echo", "hunter2-output"]
[secrets.b]
file = "key"
keep = true
${plainRoot}`;

  it("lies in the layer of secrets for its owner only, and nowhere else in the image", async () => {
    const { compiled: result, found } = await compileText(declaration, { beside });
    expect(found).toEqual([]);
    const entries = result?.manifest.entries ?? [];
    const holding = entries.filter((entry) => bytesOf(entry).includes("hunter2"));
    expect(holding.map(({ path, layer, ...entry }) => [path, layer, "mode" in entry ? entry.mode : 0])).toEqual([
      ["/etc/cryptsetup-headers.d/a.header", "secrets", 0o600],
      ["/etc/cryptsetup-keys.d/a.key", "secrets", 0o600],
      ["/etc/shadow", "secrets", 0o600],
      ["/etc/token", "secrets", 0o600],
      ["/etc/unitrd/secrets/a", "secrets", 0o600],
      ["/etc/unitrd/secrets/b", "secrets", 0o600],
    ]);
    expect(entries.some(({ why, path }) => JSON.stringify([why, path]).includes("hunter2"))).toBe(false);
    expect(result === undefined ? 0 : imageMode(layersOf(result.manifest))).toBe(0o600);
  });

  it("is in the facts of no step", async () => {
    const { compiled: result } = await compileText(declaration, { beside });
    expect(JSON.stringify(result?.plan.steps.map(({ id, title, facts }) => [id, title, facts]))).not.toContain(
      "hunter2",
    );
  });

  it("is not shown by the messages about it", async () => {
    const wrong = declaration
      .replace("secret = true", 'secret = true\nmode = "0644"')
      .replace("hash", "hash with space");
    const { found } = await compileText(wrong, { beside });
    expect(found).not.toEqual([]);
    expect(JSON.stringify(found.map(({ message, hint }) => [message, hint]))).not.toContain("hunter2");
  });

  it("leaves an image without secrets readable by all", async () => {
    const { compiled: result } = await compileText(plainRoot);
    expect(result === undefined ? 0 : imageMode(layersOf(result.manifest))).toBe(0o644);
  });

  it("opens no shell where emergency access is locked", async () => {
    const { compiled: result } = await compileText(plainRoot);
    expect(entryAt(result, "/usr/bin/bash")).toBeUndefined();
    expect(entryAt(result, "/usr/sbin/sulogin")).toBeUndefined();
    expect(textAt(result, "/etc/shadow")).toMatch(/^root:[!*]/);
  });
});

function compiled(
  place: string,
  text: string,
): Promise<{ compiled: Compiled | undefined; found: readonly Diagnostic[] }> {
  const declaration = places[place]?.(text) ?? "";
  return compileText(`${declaration}${plainRoot}`, { beside: { "/key": "key", "/credential": credential } });
}

/** A basic string of TOML. */
function toml(text: string): string {
  return `"${text.replace(/[\\"\p{Cc}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}

function bytesOf(entry: Entry): string {
  if (entry.type !== "file" || entry.content.is !== "bytes") return "";
  return Buffer.from(entry.content.bytes).toString("latin1");
}

function unitsOf(result: Compiled | undefined): readonly { readonly path: string; readonly text: string }[] {
  return (result?.manifest.entries ?? []).flatMap((entry) =>
    /^\/(etc|usr\/lib)\/systemd\/system\/.*\.(service|mount|target|timer|conf)$/.test(entry.path) &&
    bytesOf(entry) !== ""
      ? [{ path: entry.path, text: Buffer.from(bytesOf(entry), "latin1").toString("utf8") }]
      : [],
  );
}

/** What must not depend on a string: which keys units have, and which programs they start. */
function shapeOf(result: Compiled | undefined): {
  readonly keys: readonly string[];
  readonly programs: readonly string[];
} {
  const units = unitsOf(result).map(({ text }) => parseUnit(text));
  return {
    keys: units.flatMap(({ assignments }) => assignments.map(({ section, key }) => `${section}.${key}`)).sort(),
    programs: units.flatMap((unit) => programsOf(unit).map(({ program }) => program)),
  };
}
