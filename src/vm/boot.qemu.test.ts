import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { directoryTree } from "../host/directory-tree.ts";
import { programPath } from "../host/processes.ts";
import type { Entry } from "../image/manifest.ts";
import { pack } from "../image/pack.ts";
import { boot } from "./boot.ts";
import type { BootOptions, BootResult } from "./boot.ts";
import { readObserver } from "./observer.ts";

const root = process.env["UNITRD_TREE_BOOKWORM"];
const home = fileURLToPath(new URL("../../", import.meta.url));
const house = { templates: join(home, "templates"), units: join(home, "units") };

/**
 * These boots need no systemd: the /init of a small image does what the boot is about, and calls the observer as its
 * units would.
 */
describe.skipIf(root === undefined)("boot (UNITRD_TREE_BOOKWORM)", () => {
  const directory = mkdtempSync(join(tmpdir(), "unitrd-boot-test-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  const tree = root ?? "/";
  const version = root === undefined ? "" : cloudKernel(root);
  const initrd = join(directory, "initrd");
  const common: BootOptions = {
    kernel: join(tree, "boot", `vmlinuz-${version}`),
    initrd,
    modules: { tree: directoryTree(tree), directory: `/usr/lib/modules/${version}` },
    house,
    memory: 256,
    limit: 90,
    accelerator: "tcg",
  };
  beforeAll(async () => writeFileSync(initrd, await smallImage()));

  async function booted(doing: string, rest: Partial<BootOptions> = {}): Promise<BootResult> {
    const found = findings();
    const result = await boot({ ...common, commandLine: [`do=${doing}`, "quiet"], ...rest }, found.report);
    if (result === undefined) throw new Error(JSON.stringify(found.all));
    return result;
  }

  it("sees PID 1 leave for another root, where nothing of the image is left to tell of it", async () => {
    const { outcome, exitStatus, reports } = await booted("hand-over");
    expect(outcome).toMatchObject({ is: "hand-over", guessed: false });
    expect(exitStatus).toBe(0);
    const [before, after] = reports;
    expect([before?.event, after?.event]).toEqual(["hand-over", "switched"]);
    expect(before?.commandLine).toContain("do=hand-over");
    expect(before?.mounts.map(({ target }) => target)).toContain("/sysroot");
    expect(after?.mounts.find(({ target }) => target === "/")).toMatchObject({ source: "real-root", type: "tmpfs" });
    expect(before?.modules).toEqual([]);
    expect(after?.modules).toContain("virtio_console");
  });

  it("takes reports from a serial line where there is no driver for the port", async () => {
    const { modules: _, ...without } = common;
    const found = findings();
    const result = await boot({ ...without, commandLine: ["do=emergency"] }, found.report);
    expect(result?.outcome).toMatchObject({ is: "emergency", guessed: false });
    expect(result?.exitStatus).toBe(10);
    expect(result?.reports[0]?.mounts.length).toBeGreaterThan(0);
  });

  it("tells a panic, a quiet power-off and a guess apart", async () => {
    expect((await booted("panic")).outcome).toMatchObject({ is: "panic", guessed: false });
    expect((await booted("power-off")).outcome).toMatchObject({ is: "powered-off" });
    expect((await booted("say-emergency")).outcome).toMatchObject({ is: "emergency", guessed: true });
  });

  it("types what it is told and stops at its limit", async () => {
    const { outcome, consoleText, seconds, untyped } = await booted("ask", {
      limit: 25,
      typing: [
        { when: "Pass phrase:", type: "wrong\n" },
        { when: "Pass phrase:", type: "open sesame\n" },
        { when: "never said", type: "x" },
      ],
    });
    expect(outcome.is).toBe("time-out");
    expect(consoleText).toContain("heard <wrong>");
    expect(consoleText).toContain("heard <open sesame>");
    expect(untyped).toHaveLength(1);
    expect(seconds).toBeGreaterThan(24);
    expect(seconds).toBeLessThan(30);
  });

  it("ends with a signal, and keeps nothing", async () => {
    const controller = new AbortController();
    const onConsole = () => controller.abort("SIGTERM");
    const { outcome, exitStatus } = await booted("ask", { signal: controller.signal, onConsole });
    expect(outcome.is).toBe("interrupted");
    expect(exitStatus).toBe(130);
    expect(readdirSync(tmpdir()).filter((name) => name.includes(`-${process.pid}-`))).toEqual([]);
  });

  it("calls it QEMU's death when QEMU does not take its arguments", async () => {
    const { outcome, exitStatus } = await booted("ask", { extra: ["-device", "no-such-device"] });
    expect(outcome).toMatchObject({ is: "qemu-died" });
    expect(outcome.because).toContain("no-such-device");
    expect(exitStatus).toBe(13);
  });

  it("reports a kernel that is not there, and starts nothing", async () => {
    const found = findings();
    expect(await boot({ ...common, kernel: join(directory, "absent") }, found.report)).toBeUndefined();
    expect(found.all.map(({ code }) => code)).toEqual(["U604"]);
  });

  it("leaves no machine behind when it is killed", async () => {
    const module = join(home, "src/host/processes.ts");
    const program = `
      import { startChild } from ${JSON.stringify(module)};
      const child = await startChild("/bin/sleep", ["600"], { channels: 0 });
      console.log(child.pid);
      await child.ended;`;
    // Packages are found from where the program lies.
    const script = join(home, "node_modules", `.unitrd-parent-${process.pid}.mjs`);
    await build({
      stdin: { contents: program, resolveDir: home },
      outfile: script,
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "silent",
    });
    const parent = spawn(process.execPath, [script]);
    const pid = await new Promise<string>((resolve) => {
      parent.stdout.once("data", (piece: Buffer) => resolve(piece.toString().trim()));
    });
    rmSync(script);
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
  });
});

function cloudKernel(tree: string): string {
  const version = readdirSync(join(tree, "usr/lib/modules")).find((name) => name.includes("cloud"));
  if (version === undefined) throw new Error(`no cloud kernel in ${tree}`);
  return version;
}

/** A dead process may wait for its parent to look. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function smallImage(): Promise<Uint8Array> {
  const busybox = readFileSync(programPath("busybox") ?? "/bin/busybox");
  const base = { layer: "config", uid: 0, gid: 0, why: [] } as const;
  const directories = ["/bin", "/dev", "/etc", "/proc", "/run", "/sys", "/sysroot"];
  const entries: readonly Entry[] = [
    ...directories.map((path) => ({ ...base, path, type: "directory", mode: 0o755 }) as const),
    { ...base, path: "/bin/busybox", type: "file", mode: 0o755, content: { is: "bytes", bytes: busybox } },
    {
      ...base,
      path: "/etc/initrd-release",
      type: "file",
      mode: 0o644,
      content: { is: "bytes", bytes: new Uint8Array() },
    },
    { ...base, path: "/init", type: "file", mode: 0o755, content: { is: "bytes", bytes: Buffer.from(init) } },
  ];
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const pieces: Uint8Array[] = [];
  for await (const piece of pack({ name: "config", entries: sorted }, readObserver)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const init = `#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs devtmpfs /dev
$b mount -t tmpfs tmpfs /run
exec </dev/console >/dev/console 2>&1
observe() { $b sh -c 'exec -a @/sh /usr/lib/unitrd-observer/bin/busybox /usr/lib/unitrd-observer/observe "$1"' sh "$1"; }
read -r words </proc/cmdline
case $words in
  *do=hand-over*)
    $b mount -t tmpfs real-root /sysroot
    $b mkdir -p /sysroot/proc /sysroot/dev /sysroot/sys /sysroot/run /sysroot/etc /sysroot/bin
    $b cp $b /sysroot/bin/busybox
    echo 'NAME=real' >/sysroot/etc/os-release
    printf '#!/bin/busybox sh\\nexec /bin/busybox sleep 600\\n' >/sysroot/init
    $b chmod 755 /sysroot/init
    observe hand-over
    for fs in proc dev sys run; do $b mount --move /$fs /sysroot/$fs; done
    exec $b switch_root /sysroot /init
    ;;
  *do=emergency*) observe emergency ;;
  *do=panic*) exit 1 ;;
  *do=power-off*) $b poweroff -f ;;
  *do=say-emergency*) echo "You are in emergency mode." ;;
  *do=ask*)
    while :; do
      printf 'Pass phrase: '
      read -r answer
      echo "heard <$answer>"
    done
    ;;
esac
exec $b sleep 600
`;
