/** What the reporting root (templates/disks/stage-two-init) found. */
export interface StageTwo {
  readonly commandLine: string;
  readonly mounts: readonly ReportedMount[];
  readonly modules: readonly string[];
  /** By `module.parameter`, both with underscores as the kernel writes them. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly mappings: readonly ReportedMapping[];
  readonly swap: readonly string[];
  readonly links: readonly ReportedLink[];
  /** As ip-route(8) writes them. */
  readonly routes: readonly string[];
  readonly files: ReadonlyMap<string, ReportedFile>;
  readonly shell?: { readonly status: number; readonly output: string };
}

export interface ReportedMount {
  readonly path: string;
  readonly source: string;
  readonly type: string;
  /** Those of the mount, then those of the file system. */
  readonly options: readonly string[];
}

export interface ReportedMapping {
  /** `dm-0` */
  readonly device: string;
  readonly name: string;
  /** `CRYPT-LUKS2-…-root`; empty for a mapping without. */
  readonly uuid: string;
  readonly below: readonly string[];
}

/** A link of the network, other than `lo`. */
export interface ReportedLink {
  readonly name: string;
  readonly isUp: boolean;
  readonly mtu: number;
  /** With their prefix; those of IPv6 that a link gives itself (fe80::/10) are left out. */
  readonly addresses: readonly string[];
}

export interface ReportedFile {
  readonly type: string;
  /** Permission bits. */
  readonly mode: number;
  readonly owner: string;
  readonly size: number;
  readonly sha256?: string;
  /** The first 4 KiB of a file, the target of a link. */
  readonly content: string;
}

/** Reads the sections of a stage-two report. Lines that are not as that script writes them are left out. */
export function readStageTwo(sections: ReadonlyMap<string, Uint8Array>): StageTwo {
  const text = (name: string): string => new TextDecoder().decode(sections.get(name) ?? new Uint8Array());
  const lines = (name: string): readonly string[] =>
    text(name)
      .split("\n")
      .filter((line) => line !== "");
  const shell = readShell(text("assert"));
  return {
    commandLine: text("cmdline").trim(),
    mounts: lines("mountinfo").flatMap(readMount),
    modules: lines("modules").map((line) => line.split(" ")[0] ?? ""),
    parameters: new Map(lines("module-parameters").map(readParameter)),
    mappings: lines("mappings").map(readMapping),
    swap: lines("swaps")
      .slice(1)
      .map((line) => unescapeOctal(line.split(/\s/)[0] ?? "")),
    links: lines("links").flatMap((line) => readLink(line, lines("addresses"))),
    routes: lines("routes").map((line) => line.trim().replace(/\s+/g, " ")),
    files: readFiles(sections.get("files") ?? new Uint8Array()),
    ...(shell === undefined ? {} : { shell }),
  };
}

/** A line of proc_pid_mountinfo(5). */
function readMount(line: string): readonly ReportedMount[] {
  const [before = "", after] = line.split(" - ");
  const [, , , , path, options] = before.split(" ");
  const [type, source, superOptions] = after?.split(" ") ?? [];
  if (path === undefined || options === undefined || type === undefined || source === undefined) return [];
  const all = [...options.split(","), ...(superOptions ?? "").split(",")].filter((option) => option !== "");
  return [{ path: unescapeOctal(path), source: unescapeOctal(source), type, options: all.map(unescapeOctal) }];
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function readParameter(line: string): readonly [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

/** `2: eth0@if3: <BROADCAST,UP,LOWER_UP> mtu 1500 …`, and for its addresses `2: eth0    inet 10.0.2.15/24 …`. */
function readLink(line: string, addresses: readonly string[]): readonly ReportedLink[] {
  const [, name, flags = "", mtu] = /^\d+: ([^:@]+)[^:]*: <([^>]*)> mtu (\d+)/.exec(line) ?? [];
  if (name === undefined || name === "lo") return [];
  const own = addresses.flatMap((one) => {
    const [, of, address = ""] = /^\d+: (\S+)\s+inet6? (\S+)/.exec(one) ?? [];
    return of === name && !address.startsWith("fe80:") ? [address] : [];
  });
  return [{ name, isUp: flags.split(",").includes("UP"), mtu: Number(mtu), addresses: own }];
}

function readMapping(line: string): ReportedMapping {
  const [device = "", name = "", uuid = "", below = ""] = line.split("\t");
  return { device, name, uuid, below: below.split(" ").filter((word) => word !== "") };
}

/** For each file a line, so many bytes, and a newline. */
function readFiles(bytes: Uint8Array): ReadonlyMap<string, ReportedFile> {
  const files = new Map<string, ReportedFile>();
  const decoder = new TextDecoder();
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(10, at);
    const header = fileHeader.exec(decoder.decode(bytes.subarray(at, end === -1 ? at : end)));
    if (header === null) return files;
    const [, type = "", mode, uid = "", gid = "", size, sha256 = "-", stored, path = ""] = header;
    const next = end + 1 + Number(stored);
    if (type !== "absent") {
      files.set(path, {
        type,
        mode: Number.parseInt(mode ?? "", 8),
        owner: `${uid}:${gid}`,
        size: Number(size),
        ...(sha256 === "-" ? {} : { sha256 }),
        content: decoder.decode(bytes.subarray(end + 1, next)),
      });
    }
    at = next + 1;
  }
}

const fileHeader = /^([a-z]+) ([0-7]+|-) ([0-9]+|-) ([0-9]+|-) ([0-9]+|-) ([0-9a-f]{64}|-) ([0-9]+) (.+)$/;

function readShell(text: string): { readonly status: number; readonly output: string } | undefined {
  const end = text.indexOf("\n");
  if (end === -1) return undefined;
  return { status: Number(text.slice(0, end)), output: text.slice(end + 1) };
}
