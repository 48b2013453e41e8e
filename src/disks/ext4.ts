import { writeFile } from "node:fs/promises";
import type { Ext4 } from "../scenario/disks/layout.ts";
import { bytesOf } from "../scenario/disks/size.ts";
import { inScratch } from "./scratch.ts";
import type { Spot } from "./spot.ts";
import type { Staged } from "./staged-file.ts";
import { staged, writeStaged } from "./staged.ts";
import { CannotMake, runTool } from "./tool.ts";
import type { MakeContent, Workshop } from "./workshop.ts";

/** mke2fs copies a directory; debugfs then sets the owners and modes that an ordinary user's directory cannot have. */
export async function makeExt4(content: Ext4, spot: Spot, shop: Workshop, makeInner: MakeContent): Promise<void> {
  await inScratch(shop.scratch(spot.place), async (scratch) => {
    const files = [...(await staged(content, shop)), ...(await imageFiles(content, spot, shop, makeInner, scratch))];
    await inScratch(`${scratch}/root`, async (root) => {
      await writeStaged(files, root);
      await writeFile(`${scratch}/mke2fs.conf`, configuration);
      const uuid = content.uuid ?? shop.uuid(spot.place);
      const label = content.label === undefined ? [] : ["-L", content.label];
      // 4 KiB blocks: a small ext4 gets 1 KiB otherwise, which no disk with sectors of 4 KiB can hold.
      const options = ["-q", "-F", "-t", "ext4", "-b", "4096", "-E", `root_owner=0:0,hash_seed=${uuid}`];
      const size = content.size === undefined ? [] : [`${bytesOf(content.size) / 4096}`];
      await runTool("mke2fs", [...options, "-U", uuid, ...label, "-d", root, spot.file, ...size], {
        env: { MKE2FS_CONFIG: `${scratch}/mke2fs.conf` },
      });
    });
    await debugfs(files.map(inodeFields), spot.file);
    if (content.damage !== undefined) await debugfs(damages[content.damage], spot.file);
  });
}

/** The images among its files, each made in a file of its own first. */
async function imageFiles(
  content: Ext4,
  spot: Spot,
  shop: Workshop,
  makeInner: MakeContent,
  scratch: string,
): Promise<readonly Staged[]> {
  const files: Staged[] = [];
  for (const [index, [path, image]] of Object.entries(content.images ?? {}).entries()) {
    const file = `${scratch}/image-${index}`;
    const bytes = bytesOf(image.size);
    await makeInner(image.content, { file, bytes, place: `${spot.place}-image-${index}` }, shop);
    files.push(...parentsOf(path), { path, uid: 0, gid: 0, type: "file", mode: 0o644, content: { copyOf: file } });
  }
  const seen = new Set<string>();
  return files.filter(({ path }) => !seen.has(path) && seen.add(path));
}

function parentsOf(path: string): readonly Staged[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, index) => ({
    path: `/${parts.slice(0, index + 1).join("/")}`,
    uid: 0,
    gid: 0,
    type: "directory",
    mode: 0o755,
  }));
}

/** Commands of debugfs(8): an error that the superblock tells of, so that the whole file system is checked, and why. */
const damages: Readonly<Record<NonNullable<Ext4["damage"]>, readonly string[]>> = {
  mendable: ["write /dev/null damaged\n", "clri damaged\n", "set_super_value state 2\n"],
  unmendable: ["clri <2>\n", "set_super_value state 2\n"],
};

/** Of our own, so that a newer or differently configured machine adds no feature that an older kernel lacks. */
const configuration = `[defaults]
base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
default_mntopts = acl,user_xattr
blocksize = 4096
inode_size = 256
inode_ratio = 16384
[fs_types]
ext4 = {
  features = has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize
}
`;

/** debugfs repeats each command behind its name, says only what is wrong, and succeeds all the same. */
async function debugfs(commands: readonly string[], image: string): Promise<void> {
  const said = await runTool("debugfs", ["-w", "-f", "-", image], { input: commands.join("") });
  const wrong = said.split("\n").find((line) => line !== "" && !/^(debugfs|Allocated inode: )/.test(line));
  if (wrong !== undefined) throw new CannotMake("U660", `debugfs failed: ${wrong}`);
}

/** In the words of debugfs(8), which sets a name apart with double quotes and doubles those inside. */
function inodeFields(file: Staged): string {
  const name = `"${file.path.replaceAll('"', '""')}"`;
  const owners = `sif ${name} uid ${file.uid}\nsif ${name} gid ${file.gid}\n`;
  if (file.type === "symlink") return owners;
  const kind = file.type === "directory" ? 0o040000 : 0o100000;
  return `${owners}sif ${name} mode 0${(kind | file.mode).toString(8)}\n`;
}
