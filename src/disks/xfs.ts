import { writeFile } from "node:fs/promises";
import type { Content } from "../scenario/disks/layout.ts";
import { inScratch } from "./scratch.ts";
import { MiB } from "../scenario/disks/size.ts";
import type { Spot } from "./spot.ts";
import type { Staged } from "./staged-file.ts";
import { staged, writeContent } from "./staged.ts";
import { CannotMake, runTool } from "./tool.ts";
import type { Workshop } from "./workshop.ts";

type Xfs = Extract<Content, { type: "xfs" }>;

/** mkfs.xfs takes files, modes and owners from a prototype file, mkfs.xfs(8) "-p". */
export async function makeXfs(content: Xfs, spot: Spot, shop: Workshop): Promise<void> {
  const files = await staged(content, shop);
  for (const file of files) refuseBlanks(file);
  await inScratch(shop.scratch(spot.place), async (scratch) => {
    for (const [index, file] of files.entries()) {
      if (file.type === "file") await writeContent(file.content, `${scratch}/${index}`, 0o600);
    }
    await writeFile(`${scratch}/prototype`, prototype(files));
    const uuid = content.uuid ?? shop.uuid(spot.place);
    const label = content.label === undefined ? [] : ["-L", content.label];
    // Sectors of 4 KiB mount on every disk below; those of 512 bytes do not.
    const options = ["-q", "-m", `uuid=${uuid}`, "-s", "size=4096", ...label, "-p", "prototype", spot.file];
    await runTool("mkfs.xfs", options, { cwd: scratch, env: spot.bytes < 300 * MiB ? permitSmall : {} });
  });
}

/** mkfs.xfs makes nothing below 300 MiB outside of a test suite, which it knows by these. */
const permitSmall = { TEST_DIR: "1", TEST_DEV: "1", QA_CHECK_FS: "1" };

function refuseBlanks(file: Staged): void {
  if (/\s/.test(file.type === "symlink" ? file.path + file.target : file.path)) {
    throw new CannotMake(
      "U660",
      `a file on xfs cannot be made with a blank in its name: ${file.path}`,
      "use ext4 or btrfs",
    );
  }
}

function prototype(files: readonly Staged[]): string {
  const lines = ["/dev/null", "0 0", "d--755 0 0"];
  const openDirectories: string[] = [];
  for (const [index, file] of files.entries()) {
    while (!file.path.startsWith(`${openDirectories.at(-1) ?? ""}/`)) {
      openDirectories.pop();
      lines.push("$");
    }
    const name = file.path.slice(file.path.lastIndexOf("/") + 1);
    const owners = `${file.uid} ${file.gid}`;
    if (file.type === "symlink") lines.push(`${name} l--777 ${owners} ${file.target}`);
    if (file.type === "file") lines.push(`${name} -${permissions(file.mode)} ${owners} ${index}`);
    if (file.type === "directory") {
      lines.push(`${name} d${permissions(file.mode)} ${owners}`);
      openDirectories.push(file.path);
    }
  }
  return [...lines, ...openDirectories.map(() => "$"), "$", ""].join("\n");
}

/** `u` and `g` are set-user-id and set-group-id; there is no letter for sticky. */
function permissions(mode: number): string {
  const special = (mode & 0o4000 ? "u" : "-") + (mode & 0o2000 ? "g" : "-");
  return special + (mode & 0o777).toString(8).padStart(3, "0");
}
