import type { Expectation, MountExpectation } from "../expectation.ts";
import type { Failure, Judge } from "../failure.ts";
import { nearest } from "../near.ts";
import type { ReportedMount, StageTwo } from "../stage-two-report.ts";

/** Compares what is mounted on top at each path. */
export function judgeMounts(expectation: Expectation, stageTwo: StageTwo, fail: Judge): void {
  for (const [path, wanted] of Object.entries(expectation.mounts ?? {})) {
    const mount = stageTwo.mounts.findLast((one) => one.path === path);
    const about = (key: string | undefined, expected: string, found: string, near: Failure["near"] = []): void => {
      fail({ path: ["mounts", path, ...(key === undefined ? [] : [key])], expected, found, near });
    };
    if (wanted === "absent") {
      if (mount !== undefined) about(undefined, `nothing mounted at ${path}`, described(mount));
    } else if (mount === undefined) {
      const others = stageTwo.mounts.map(described);
      const alike = nearest(
        path,
        stageTwo.mounts.map((one) => one.path),
      ).flatMap((other) => others.filter((one) => one.startsWith(`${other}:`)));
      about(undefined, `a mount at ${path}`, "none", alike);
    } else {
      judgeMount(wanted, mount, stageTwo, about);
    }
  }
}

type About = (key: keyof MountExpectation, expected: string, found: string, near?: Failure["near"]) => void;

function judgeMount(wanted: MountExpectation, mount: ReportedMount, stageTwo: StageTwo, about: About): void {
  const { source, type, subvol } = wanted;
  if (source !== undefined && !isSource(source, mount.source, stageTwo)) about("source", source, mount.source);
  if (type !== undefined && type !== mount.type) about("type", type, mount.type);
  const optionList = mount.options.join(",");
  for (const option of wanted["options-include"] ?? []) {
    if (mount.options.includes(option)) continue;
    about("options-include", option, optionList, nearest(option, mount.options));
  }
  for (const option of wanted["options-exclude"] ?? []) {
    if (mount.options.includes(option)) about("options-exclude", `no ${option}`, optionList);
  }
  const subvolume = mount.options
    .find((option) => option.startsWith("subvol="))
    ?.slice("subvol=".length)
    .replace(/^\//, "");
  if (subvol !== undefined && subvol !== subvolume) {
    about("subvol", subvol, subvolume ?? "no subvolume");
  }
}

/** A mapping has two names: that of the kernel and that of device-mapper. */
function isSource(wanted: string, found: string, stageTwo: StageTwo): boolean {
  const names = [found];
  for (const { name, device } of stageTwo.mappings) {
    const both = [`/dev/mapper/${name}`, `/dev/${device}`];
    if (both.includes(found)) names.push(...both);
  }
  return names.includes(wanted);
}

function described(mount: ReportedMount): string {
  return `${mount.path}: ${mount.type} from ${mount.source}`;
}
