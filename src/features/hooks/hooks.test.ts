import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { compileText } from "../../testing/synthetic-sysroot.ts";

const root = '[filesystems."/"]\ndevice = "UUID=a"\ntype = "ext4"\n';
const beside = { "/hook": "#!/bin/sh\necho hook\n", "/plain": "echo plain\n", "/binary": "\u007fELF\0" };

async function compiled(toml: string) {
  const { compiled: result, found } = await compileText(`${root}${toml}`, { beside });
  return { plan: result?.plan, stage: result?.stage, manifest: result?.manifest, found, shown: found.map(shown) };
}

function shown({ code, message, hint, at }: Diagnostic): string {
  return `${code} ${at[0]?.line ?? "-"}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

describe("a hook with a place in the plan", () => {
  const toml = '[hooks.wipe]\nsource = "hook"\nbefore = ["mount:/"]\n';

  it("is a unit that the step after it requires", async () => {
    const { stage, shown: findings } = await compiled(toml);
    expect(findings).toEqual([]);
    const text = (name: string) => JSON.stringify(stage?.units.find(({ unit }) => unit.name === name)?.unit);
    expect(text("unitrd-hook-wipe.service")).toContain('["ExecStart","/etc/unitrd/hooks/named/wipe"]');
    expect(text("sysroot.mount")).toMatch(/"Requires","[^"]*unitrd-hook-wipe\.service/);
    expect(text("sysroot.mount")).toMatch(/"After","[^"]*unitrd-hook-wipe\.service/);
  });

  it("is only waited for when it may fail", async () => {
    const { stage } = await compiled(`${toml}nofail = true\n`);
    const mount = JSON.stringify(stage?.units.find(({ unit }) => unit.name === "sysroot.mount")?.unit);
    expect(mount).not.toMatch(/"Requires","[^"]*unitrd-hook-wipe\.service/);
    expect(mount).toMatch(/"After","[^"]*unitrd-hook-wipe\.service/);
  });

  it("is a call in the script, in its place", async () => {
    const { stage } = await compiled(`[stage-one]\nkind = "scripted"\n${toml}`);
    const script = stage?.script ?? "";
    expect(script).toContain("step hook:wipe stop run_hook hook:wipe /etc/unitrd/hooks/named/wipe\n");
    expect(script.indexOf("step hook:wipe")).toBeLessThan(script.indexOf("step mount:/"));
  });

  it("may make the device that something else lies on", async () => {
    const luks = '[luks.a]\ndevice = "/dev/mapper/made"\n';
    expect((await compiled(luks)).shown[0]).toContain("U202");
    const made = `${luks}[hooks.make]\nsource = "hook"\nbefore = ["luks:a"]\nmakes = ["/dev/mapper/made"]\n`;
    expect((await compiled(made)).shown).toEqual([]);
  });

  it("names a step that exists", async () => {
    const { shown: findings } = await compiled('[hooks.a]\nsource = "hook"\nafter = ["mount:/ur", "luks:root"]\n');
    expect(findings).toEqual([
      "U204 6: there is no step mount:/ur (did you mean mount:/?)",
      "U204 6: there is no step luks:root (steps of this declaration: mount:/, hook:a)",
    ]);
  });

  it("does not stand in a circle", async () => {
    const circle = '[hooks.a]\nsource = "hook"\nafter = ["mount:/"]\nbefore = ["mount:/"]\n';
    expect((await compiled(circle)).shown[0]).toContain("U203 1: these steps wait for each other");
  });

  it("has one", async () => {
    expect((await compiled('[hooks.a]\nsource = "hook"\n')).shown[0]).toContain("U125 4: hooks.a has no place");
  });

  it("gets an interpreter when it names none, and is a script", async () => {
    const { manifest } = await compiled('[hooks.a]\nsource = "plain"\nbefore = ["mount:/"]\n');
    const entry = manifest?.entries.find(({ path }) => path === "/etc/unitrd/hooks/named/a");
    const bytes = entry?.type === "file" && entry.content.is === "bytes" ? entry.content.bytes : new Uint8Array();
    expect(new TextDecoder().decode(bytes)).toBe("#!/bin/sh\necho plain\n");
    expect((await compiled('[hooks.a]\nsource = "binary"\nbefore = ["mount:/"]\n')).shown[0]).toContain(
      "U124 5: binary is no script",
    );
  });
});

describe("a hook at a point of the boot", () => {
  it("falls back to the script, with a warning at its line that shows the ordered form", async () => {
    const { stage, shown: findings } = await compiled('[hooks]\npre-mount = ["hook"]\n');
    expect(stage?.kind).toBe("scripted");
    expect(findings).toEqual([
      "U253 5: the systemd stage one cannot do hooks:pre-mount: its units know no point called pre-mount, as they run side by side; a scripted stage one is built " +
        '(name its place in the plan: [hooks.hook] source = "hook", before = ["mount:/"] (or other steps that `unitrd graph` shows))',
    ]);
  });

  it("is an error at its line when falling back is not wanted", async () => {
    const { shown: findings } = await compiled(
      '[stage-one]\non-unsupported = "error"\n[hooks]\npost-mount = ["hook"]\n',
    );
    expect(findings[0]).toContain("U252 7: the systemd stage one cannot do hooks:post-mount");
  });

  it("stands around every step of its kind", async () => {
    const points = ["pre-switch-root", "post-mount", "pre-mount", "post-device", "pre-device"];
    const { plan } = await compiled(
      `[luks.a]\ndevice = "UUID=b"\n[filesystems."/usr"]\ndevice = "UUID=c"\ntype = "ext4"\n[hooks]\n${points.map((point) => `${point} = ["hook"]\n`).join("")}`,
    );
    expect(plan?.steps.map(({ id }) => id)).toEqual([
      "hooks:pre-device",
      "luks:a",
      "hooks:post-device",
      "hooks:pre-mount",
      "mount:/",
      "mount:/usr",
      "hooks:post-mount",
      "hooks:pre-switch-root",
    ]);
  });

  it("that does not exist names the one that was meant", async () => {
    expect((await compiled('[hooks]\npre-mont = ["hook"]\n')).shown[0]).toContain("(did you mean pre-mount?)");
    expect((await compiled('[hooks.pre-mount]\nsource = "hook"\nbefore = ["mount:/"]\n')).shown[0]).toContain(
      "U123 4: pre-mount is a point of the boot",
    );
  });
});
