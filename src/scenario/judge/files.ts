import type { Expectation, FileExpectation } from "../expectation.ts";
import type { Judge } from "../failure.ts";
import type { ReportedFile, StageTwo } from "../stage-two-report.ts";

/** Compares files of stage two, which were reported because the scenario names them. */
export function judgeFiles(expectation: Expectation, stageTwo: StageTwo, fail: Judge): void {
  for (const [path, wanted] of Object.entries(expectation.files ?? {})) {
    const file = stageTwo.files.get(path);
    if (wanted === "absent") {
      if (file !== undefined)
        fail({ path: ["files", path], expected: "nothing there", found: described(file), near: [] });
    } else if (file === undefined) {
      fail({ path: ["files", path], expected: `a ${wanted.type ?? "file"} ${path}`, found: "nothing there", near: [] });
    } else {
      judgeFile(wanted, file, (key, expected, found) => {
        fail({ path: ["files", path, key], expected, found, near: [] });
      });
    }
  }
}

type About = (key: keyof FileExpectation, expected: string, found: string) => void;

function judgeFile(wanted: FileExpectation, file: ReportedFile, about: About): void {
  const { type, mode, owner, text, sha256, target } = wanted;
  if (type !== undefined && type !== file.type) about("type", type, file.type);
  if (mode !== undefined && Number.parseInt(mode, 8) !== file.mode) about("mode", mode, octal(file.mode));
  if (owner !== undefined && owner !== file.owner) about("owner", owner, file.owner);
  if (text !== undefined && (text !== file.content || file.type !== "file")) {
    about("text", JSON.stringify(text), JSON.stringify(file.content));
  }
  for (const part of wanted.includes ?? []) {
    if (!file.content.includes(part)) about("includes", JSON.stringify(part), JSON.stringify(file.content));
  }
  if (sha256 !== undefined && sha256 !== file.sha256) about("sha256", sha256, file.sha256 ?? `a ${file.type}`);
  if (target !== undefined && (file.type !== "symlink" || target !== file.content)) {
    about("target", target, file.type === "symlink" ? file.content : `a ${file.type}`);
  }
}

function described(file: ReportedFile): string {
  return `a ${file.type} of mode ${octal(file.mode)}, ${file.owner}, ${file.size} bytes`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
