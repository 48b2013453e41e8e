import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runParts } from "../../testing/shell.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "unitrd-unlock-parts-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** cryptsetup that opens with the key `right`, and a terminal. */
const fakes = [
  "stty() { :; }",
  "wait_for_device() { device=/dev/vda; }",
  'cryptsetup() { for arg; do case $previous in --key-file) key=$arg ;; esac; previous=$arg; done; [ "$key" = - ] && given=$(cat) || given=$(cat "$key"); if [ "$given" = right ]; then echo "opened by $key: $*"; else echo "No key available with this passphrase." >&2; return 2; fi; }',
].join("\n");

function unlock(ways: string, typed: string, { tries = "0", keyFile = "" } = {}): string {
  const call = `unlock_luks root UUID=u ${ways} ${tries} 5 m.toml:1 '${keyFile}' '' '' --allow-discards; echo "status $?"`;
  const { stdout, stderr } = runParts(["head", "device", "prompt", "luks"], `${fakes}\n${call}`, typed);
  return stdout + stderr;
}

describe("an encrypted device", () => {
  it("is asked for again until the pass phrase fits", () => {
    const said = unlock("passphrase", "wrong\nworse\nright\n");
    expect(said.match(/Please enter passphrase for disk UUID=u \(root\): /g)).toHaveLength(3);
    expect(said).toContain("opened by -: open --type luks --key-file - --allow-discards /dev/vda root");
    expect(said).toContain("status 0");
  });

  it("is given up after as many attempts as were declared", () => {
    const said = unlock("passphrase", "a\nb\nright\n", { tries: "2" });
    expect(said).toContain("UUID=u was not opened: m.toml:1");
    expect(said).toContain("status 1");
  });

  it("is not asked for when the key file opens it", () => {
    const keyFile = join(directory, "key");
    writeFileSync(keyFile, "right");
    const said = unlock("key-file,passphrase", "", { keyFile });
    expect(said).toContain(`opened by ${keyFile}`);
    expect(said).not.toContain("Please enter");
  });

  it("is asked for after a key file that does not open it", () => {
    const keyFile = join(directory, "other");
    writeFileSync(keyFile, "stale");
    const said = unlock("key-file,passphrase", "right\n", { keyFile });
    expect(said).toContain("the key file does not open UUID=u: m.toml:1");
    expect(said).toContain("status 0");
  });

  it("opens by what a program prints, of which nothing stays behind", () => {
    const said = unlockByProgram("token() { printf right; }", "command", "");
    expect(said).toContain("opened by");
    expect(said).toContain("left: 0");
  });

  it("is asked for when the program fails", () => {
    const said = unlockByProgram("token() { echo no token >&2; return 4; }", "command,passphrase", "right\n");
    expect(said).toContain("token, the program that makes the key of UUID=u, failed: m.toml:1");
    expect(said).toContain("opened by -");
  });

  it("opens by the pass phrase of the one before without another typing", () => {
    const second = `unlock_luks data UUID=d passphrase 0 5 m.toml:2 '' '' ''; echo "status $?"`;
    const first = `unlock_luks root UUID=u passphrase 0 5 m.toml:1 '' '' ''`;
    const { stdout } = runParts(["head", "device", "prompt", "luks"], `${fakes}\n${first}\n${second}`, "right\n");
    expect(stdout.match(/Please enter passphrase/g)).toHaveLength(1);
    expect(stdout).toContain("/dev/vda data");
    expect(stdout).toContain("status 0");
  });
});

function unlockByProgram(program: string, ways: string, typed: string): string {
  const templates = new URL("../../../templates/scripted/", import.meta.url);
  // The directory of the image that holds the key for a moment stands in the template.
  const text = readFileSync(new URL("luks.sh", templates), "utf8").replaceAll("/run/unitrd/key", `${directory}/made`);
  const lines = [
    text,
    fakes,
    program,
    `unlock_luks root UUID=u ${ways} 0 5 m.toml:1 '' token ''; echo "status $?"`,
    `echo "left: $(find ${directory} -name made | wc -l)"`,
  ];
  const { stdout, stderr } = runParts(["head", "device", "prompt"], lines.join("\n"), typed);
  return stdout + stderr;
}
