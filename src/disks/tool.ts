import { programPath } from "../host/processes.ts";

/** Why a disk could not be made: said to the person who declared it, not a bug of ours. */
export class CannotMake extends Error {
  readonly code: "U659" | "U660" | "U661";
  readonly hint: string | undefined;

  constructor(code: CannotMake["code"], message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program of this machine, in the C locale and with the administrators' directories searched too, and gives its
 * standard output and standard error. Throws `CannotMake` when it is missing, fails, or takes more than five minutes.
 */
export async function runTool(name: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const result = await execute(required(name), args, options);
  if (!result.failed) return result.all;
  const said = result.all.trim().split("\n").slice(-6).join("\n");
  const how = result.timedOut ? "took more than five minutes" : `failed (${result.exitCode ?? result.signal ?? "?"})`;
  throw new CannotMake("U660", `${name} ${how}: ${said === "" ? "it said nothing" : said}`);
}

function required(name: string): string {
  const path = programPath(name);
  if (path !== undefined) return path;
  throw new CannotMake("U659", `the program ${name} is not on this machine`, `install the package ${packageOf(name)}`);
}

async function execute(program: string, args: readonly string[], options: ToolOptions) {
  const { execa } = await import("execa");
  // It ends with us, however we end: a guest that makes disks would go on for minutes.
  return execa(required("setpriv"), ["--pdeathsig", "KILL", "--", program, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
    env: { ...options.env, LC_ALL: "C" },
    all: true,
    reject: false,
    timeout: 300_000,
  });
}

/** What the tool says of its version; a disk is made anew when it changes. */
export function toolVersion(name: ToolName): Promise<string> {
  const known = versions.get(name);
  if (known !== undefined) return known;
  const [, ...args] = tools[name];
  const version = runTool(name, args).then((said) => said.trim().split("\n").slice(0, 2).join(" "));
  versions.set(name, version);
  return version;
}

const versions = new Map<ToolName, Promise<string>>();

export type ToolName = keyof typeof tools;

/** The Debian package of each program, and how it is asked for its version. */
const tools = {
  cryptsetup: ["cryptsetup-bin", "--version"],
  "mkfs.erofs": ["erofs-utils", "--help"],
  "mkfs.vfat": ["dosfstools", "--help"],
  "mkfs.xfs": ["xfsprogs", "-V"],
  busybox: ["busybox-static"],
  setpriv: ["util-linux", "--version"],
  debugfs: ["e2fsprogs", "-V"],
  mcopy: ["mtools", "--version"],
  mke2fs: ["e2fsprogs", "-V"],
  mksquashfs: ["squashfs-tools", "-version"],
  mkswap: ["util-linux", "--version"],
  sfdisk: ["fdisk", "--version"],
  "qemu-img": ["qemu-utils", "--version"],
  "qemu-system-x86_64": ["qemu-system-x86", "--version"],
  tune2fs: ["e2fsprogs"],
  veritysetup: ["cryptsetup-bin", "--version"],
  xorriso: ["xorriso", "--version"],
  zstd: ["zstd", "--version"],
} as const;

function packageOf(name: string): string {
  const entry = Object.entries(tools).find(([tool]) => tool === name);
  return entry?.[1][0] ?? `that has ${name}`;
}
