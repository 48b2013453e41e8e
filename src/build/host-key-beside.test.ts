import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { hostKeyBeside } from "./host-key-beside.ts";

const origin = { file: "machine.toml", line: 1, column: 1, length: 1, path: "ssh", isDefault: false };
let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "unitrd-host-key-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

it("makes a key once, for its owner only, that OpenSSH reads", () => {
  const { report, all } = findings();
  const made = hostKeyBeside(join(directory, "machine.toml"), "ssh-host-key", origin, report);
  expect(made).toMatchObject({ isNew: true });
  const path = join(directory, "ssh-host-key");
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  const derived = execFileSync("ssh-keygen", ["-y", "-f", path], { encoding: "utf8" });
  expect(readFileSync(`${path}.pub`, "utf8").trim()).toBe(derived.trim());
  const again = hostKeyBeside(join(directory, "machine.toml"), "ssh-host-key", origin, report);
  expect(again).toEqual({ bytes: readFileSync(path), isNew: false, publicLine: "" });
  expect(all).toEqual([]);
});

it("says what keeps it from being made", () => {
  const { report, all } = findings();
  writeFileSync(join(directory, "file"), "");
  expect(hostKeyBeside(join(directory, "file/machine.toml"), "key", origin, report)).toBeUndefined();
  expect(all).toMatchObject([{ code: "U180", severity: "error" }]);
});
