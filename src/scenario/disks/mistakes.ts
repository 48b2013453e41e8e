import { isContainer, type Content, type Disk, type Luks } from "./layout.ts";
import type { Payload } from "./payload.ts";
import { bytesInside, leastBytes, placePartitions } from "./placement.ts";
import { bytesOf, inMiB, MiB } from "./size.ts";
import type { LayoutMistake } from "./layout-mistake.ts";
import type { Layout } from "./spanning.ts";
import { disksOfArrays, spanningMistakes } from "./spanning-mistakes.ts";

/** What makes this storage impossible to make, in the order in which it is written. */
export function layoutMistakes(layout: Layout): readonly LayoutMistake[] {
  const names = new Set<string>();
  const mistakes = named(layout).flatMap(({ name, path }): readonly LayoutMistake[] => {
    if (names.has(name)) return [{ code: "U658", message: `two disks are named ${name}`, path: [...path, "name"] }];
    names.add(name);
    return [];
  });
  const below = (kind: string, disks: readonly Disk[]): readonly LayoutMistake[] =>
    disks.flatMap((disk, index) =>
      diskMistakes(disk).map((mistake) => ({ ...mistake, path: [kind, index, ...mistake.path] })),
    );
  const spanning = spanningMistakes(layout);
  mistakes.push(...below("disk", layout.disk), ...spanning);
  if (mistakes.length > 0) return mistakes;
  return [...below("array", disksOfArrays(layout)), ...volumeMistakes(layout)];
}

/** All that has a name of its own: an array and a disk of one name would get each other's content. */
function named(layout: Layout): readonly { readonly name: string; readonly path: readonly (string | number)[] }[] {
  return (["disk", "array", "volume-group", "pool"] as const).flatMap((kind) =>
    (layout[kind] ?? []).map(({ name }, index) => ({ name, path: [kind, index] })),
  );
}

function volumeMistakes(layout: Layout): readonly LayoutMistake[] {
  return (layout["volume-group"] ?? []).flatMap(({ volume }, index) =>
    volume.flatMap(({ size, content }, nth) =>
      content === undefined
        ? []
        : contentMistakes(content, bytesOf(size), ["volume-group", index, "volume", nth, "content"]),
    ),
  );
}

function diskMistakes(disk: Disk): readonly LayoutMistake[] {
  const mistakes: LayoutMistake[] = [];
  if (disk.partition !== undefined && disk.content !== undefined) {
    mistakes.push({
      code: "U652",
      message: `disk ${disk.name} has both partitions and a content of its own`,
      path: [],
    });
  }
  if (disk.partition === undefined && (disk.table !== undefined || disk["table-uuid"] !== undefined)) {
    mistakes.push({
      code: "U652",
      message: `disk ${disk.name} has a partition table without partitions`,
      path: ["table"],
    });
  }
  mistakes.push(...partitionMistakes(disk));
  if (disk.content !== undefined) mistakes.push(...contentMistakes(disk.content, bytesOf(disk.size), ["content"]));
  mistakes.push(...besideMistakes(disk));
  return mistakes;
}

function partitionMistakes(disk: Disk): readonly LayoutMistake[] {
  const mistakes: LayoutMistake[] = [];
  const partitions = disk.partition ?? [];
  partitions.forEach((partition, index) => {
    if (partition.size === undefined && index < partitions.length - 1) {
      const message = "only the last partition of a disk can do without a size";
      mistakes.push({ code: "U654", message, path: ["partition", index] });
    }
  });
  if (mistakes.length > 0) return mistakes;
  const end = bytesOf(disk.size) - MiB;
  placePartitions(disk).forEach(({ partition, start, bytes }, index) => {
    const path = ["partition", index];
    if (bytes < MiB || start + bytes > end) {
      const message = `partition ${index + 1} of disk ${disk.name} ends at ${inMiB(start + bytes)}, the room at ${inMiB(end)}`;
      mistakes.push({ code: "U653", message, hint: "a table takes the first and the last MiB of a disk", path });
    } else if (partition.content !== undefined) {
      mistakes.push(...contentMistakes(partition.content, bytes, [...path, "content"]));
    }
  });
  return mistakes;
}

function contentMistakes(
  content: Content,
  bytes: number,
  path: readonly (string | number)[],
): readonly LayoutMistake[] {
  const mistakes: LayoutMistake[] = [];
  if (bytes < leastBytes(content)) {
    const message = `${content.type} takes at least ${inMiB(leastBytes(content))}, there are ${inMiB(bytes)}`;
    mistakes.push({ code: "U653", message, path });
  }
  if (isContainer(content)) {
    if (content.type === "luks") mistakes.push(...luksMistakes(content, path));
    const inner = contentMistakes(content.content, bytesInside(content, bytes), [...path, "content"]);
    // Too little room is already said of the container.
    mistakes.push(...inner.filter((mistake) => mistakes.length === 0 || mistake.code !== "U653"));
  }
  if (content.type === "btrfs") {
    const chosen = content["default-subvolume"];
    if (chosen !== undefined && !Object.hasOwn(content.subvolumes ?? {}, chosen)) {
      mistakes.push({
        code: "U657",
        message: `there is no subvolume ${chosen} to be the default`,
        path: [...path, "default-subvolume"],
      });
    }
  }
  if (content.type === "xfs" || content.type === "vfat") mistakes.push(...payloadMistakes(content.type, content, path));
  return mistakes;
}

function luksMistakes(luks: Luks, path: readonly (string | number)[]): readonly LayoutMistake[] {
  if (luks.version === 2) return [];
  const wrong = [
    ...(luks.label === undefined ? [] : ["label"]),
    ...(luks.header === undefined ? [] : ["header"]),
    ...(luks.integrity === undefined ? [] : ["integrity"]),
    ...(luks.pbkdf === "pbkdf2" ? [] : ["pbkdf"]),
  ];
  return wrong.map((key) => ({ code: "U655", message: `${key} is for LUKS version 2 only`, path: [...path, key] }));
}

/** mkfs.xfs reads files from a list whose words are separated by blanks; vfat knows files and directories only. */
function payloadMistakes(
  type: "xfs" | "vfat",
  payload: Payload,
  path: readonly (string | number)[],
): readonly LayoutMistake[] {
  return Object.entries(payload.files ?? {}).flatMap(([name, file]): readonly LayoutMistake[] => {
    const at = [...path, "files", name];
    const target = typeof file === "object" && "link" in file ? file.link : undefined;
    if (type === "vfat" && target !== undefined) return [{ code: "U656", message: "vfat has no links", path: at }];
    if (type === "xfs" && /\s/.test(name + (target ?? ""))) {
      const hint = "use another name, or ext4 or btrfs";
      return [{ code: "U656", message: "a file on xfs cannot be made with a blank in its name", hint, path: at }];
    }
    return [];
  });
}

/** Key files and detached headers become files beside the disk: each needs a name of its own. */
function besideMistakes(disk: Disk): readonly LayoutMistake[] {
  const seen = new Map<string, string>();
  const mistakes: LayoutMistake[] = [];
  for (const { name, content } of filesBeside(disk)) {
    const before = seen.get(name);
    if ((before !== undefined && before !== content) || /^disk\.raw\.[0-9]+$/.test(name)) {
      mistakes.push({ code: "U658", message: `two files beside disk ${disk.name} are named ${name}`, path: [] });
    }
    seen.set(name, content);
  }
  return mistakes;
}

function filesBeside(disk: Disk): readonly { readonly name: string; readonly content: string }[] {
  const contents = [disk.content, ...(disk.partition ?? []).map((partition) => partition.content)];
  return contents.flatMap((content, index) => (content === undefined ? [] : filesOf(content, index)));
}

function filesOf(content: Content, index: number): readonly { readonly name: string; readonly content: string }[] {
  if (!isContainer(content)) return [];
  const itself = { name: "disk.raw", content: "the disk itself" };
  const inner = filesOf(content.content, index + 1000);
  if (content.type === "integrity") return [itself, ...inner];
  if (content.type === "verity") {
    const hashes = [content.name, `${content.name}.roothash`].map((name) => ({ name, content: `hashes of ${index}` }));
    return [itself, ...hashes, ...inner];
  }
  return [
    itself,
    ...(content.header === undefined ? [] : [{ name: content.header, content: `the header of ${index}` }]),
    ...content.keys.flatMap((key) => ("file" in key ? [{ name: key.file, content: `the key ${key.text}` }] : [])),
    ...inner,
  ];
}
