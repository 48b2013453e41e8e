import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scriptParts } from "../stage-one/scripted/rendering.ts";
import { scriptFunctions } from "./script-functions.ts";

const template = (name: string) =>
  readFileSync(new URL(`../../templates/scripted/${name}.sh`, import.meta.url), "utf8");
const whole = scriptFunctions(["head", ...scriptParts, "tail"].map(template).join("\n"));

test("every function of the templates is found", () => {
  const declared = ["head", ...scriptParts, "tail"].flatMap((part) =>
    [...template(part).matchAll(/^([a-z_]+)\(\) \{/gm)].map(([, name]) => name),
  );
  expect([...whole.keys()]).toEqual(declared);
});

test("arguments have the names that the comment gives them", () => {
  const parameters = whole.get("unlock_luks")?.parameters ?? [];
  expect(parameters.slice(0, 6)).toEqual(["NAME", "SPEC", "WAYS", "TRIES", "SECONDS", "ORIGIN"]);
  expect(parameters.at(-1)).toBe("OPTION…");
  expect(whole.get("load_module")?.parameters).toEqual(["NAME"]);
  expect(whole.get("prepare")?.parameters).toEqual([]);
});

test("commands are found through the functions that are called", () => {
  const { commands, calls } = whole.get("mount_filesystem")!;
  expect([...calls]).toContain("plug_devices");
  expect([...commands]).toEqual(expect.arrayContaining(["mount", "findfs", "modprobe", "usleep", "reboot", "dd"]));
  expect([...commands]).not.toContain("switch_root");
});

test("what is only said is no command", () => {
  const functions = scriptFunctions("# Talks.\ntalk() {\n  # mount it\n  say 'mount it; mount' \"(mount)\"\n}\n");
  expect([...(functions.get("talk")?.commands ?? [])]).toEqual(["say"]);
});
