import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { refusalPart } from "../stage-one/scripted/command-line.ts";
import { sentencePart } from "../stage-one/scripted/sentences.ts";

export interface Spoken {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const templates = fileURLToPath(new URL("../../templates/scripted/", import.meta.url));

/** Runs lines of shell behind parts of the scripted stage one, in busybox sh, which is what runs them in an image. */
export function runParts(parts: readonly string[], lines: string, input = ""): Spoken {
  const texts = parts.map((part) => readFileSync(`${templates}${part}.sh`, "utf8"));
  const script = [sentencePart(), refusalPart(), ...texts, lines].join("\n");
  const { status, stdout, stderr } = spawnSync("busybox", ["sh", "-c", script], {
    input,
    encoding: "utf8",
    timeout: 15_000,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" },
  });
  return { status, stdout, stderr };
}
