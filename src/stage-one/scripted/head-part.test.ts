import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runParts } from "../../testing/shell.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "unitrd-head-part-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function said(lines: string): string {
  const { stdout, stderr } = runParts(["head"], lines);
  return stdout + stderr;
}

/** read_command_line with other words than those of the machine that tests. */
function words(line: string): string {
  const shown =
    'echo "device=$root_device type=$root_type flags=$root_flags mode=$root_mode init=$init_program stop=$stop_at"';
  return said(
    `read() { if [ "$2" = command_line ]; then command_line=${JSON.stringify(line)}; fi; }\nread_command_line\n${shown}`,
  );
}

describe("words of the kernel command line", () => {
  it("that name another root are kept for its mount", () => {
    expect(words("quiet root=UUID=a-b rootfstype=ext4 rootflags=noatime,x=1 rw init=/bin/sh")).toContain(
      "device=UUID=a-b type=ext4 flags=noatime,x=1 mode=rw init=/bin/sh stop=",
    );
  });

  it("that change the root without naming it are refused aloud", () => {
    expect(words("ro rootflags=x")).toContain("count only beside root=");
  });

  it("stand for themselves, whatever a shell would make of them", () => {
    expect(words("root=/dev/* $HOME `id` ;reboot")).toContain("device=/dev/* type=");
  });

  it("that ask for a root which is not followed leave the declared one, with all that belongs to it", () => {
    const spoken = words("root=gpt-auto rw rootflags=x");
    expect(spoken).toContain("root=gpt-auto, root=fstab and root=nfs are not followed");
    expect(spoken).not.toContain("count only beside");
    expect(spoken).toContain("device= type=");
  });

  it("that cannot be followed are refused, each once", () => {
    const spoken = words("resume=/dev/vda2 resume_offset=5 rd.luks.uuid=x");
    expect(spoken.match(/resume= is not followed/g)).toHaveLength(1);
    expect(spoken.match(/rd.luks.\* and cryptdevice= are not followed here/g)).toHaveLength(1);
  });
});

describe("a step", () => {
  function run(line: string): { readonly said: string; readonly log: string } {
    const log = join(directory, "steps");
    const given = `step_log=${log} stop_at='' declared_at=machine.toml:1 emergency_access=locked; : > "$step_log"; fail() { echo END; }`;
    return { said: said(`${given}\n${line}`), log: readFileSync(log, "utf8") };
  }

  it("that succeeds says nothing, and is written down with its times", () => {
    const { said: spoken, log } = run("step mount:/ stop true");
    expect(spoken).toBe("");
    expect(log).toMatch(/^mount:\/ \d+\.\d\d \d+\.\d\d done\n$/);
  });

  it("that fails ends the boot, unless it may fail", () => {
    const stopped = run("step mount:/ stop false");
    expect(stopped.said).toBe("unitrd: mount:/ failed, and the boot cannot go on without it: machine.toml:1\nEND\n");
    expect(stopped.log).toMatch(/ failed\n$/);
    expect(run("step mount:/srv go-on false").said).toBe("unitrd: mount:/srv failed; the boot goes on without it\n");
  });

  it("whose device did not come is written down as that", () => {
    expect(run("late() { missing=dependency; return 1; }; step mount:/srv go-on late").log).toMatch(/ dependency\n$/);
    expect(run("missing=dependency; step mount:/srv go-on false").log).toMatch(/ failed\n$/);
  });

  it("is not stopped before for somebody to whom the image gives no shell", () => {
    const { said: spoken, log } = run("stop_at=mount:/; step mount:/ stop true");
    expect(spoken).toBe("unitrd: rd.break is refused: the image was built without stage-one.emergency-access\n");
    expect(log).toContain("done");
  });

  it("waits for somebody who has a shell, and then runs", () => {
    const open = "emergency_access=open; open_shell() { echo SHELL; }";
    const { said: spoken, log } = run(`${open}; stop_at=mount:/; step mount:/ stop true`);
    expect(spoken).toBe("unitrd: stopped before mount:/; exit goes on\nSHELL\n");
    expect(log).toContain("done");
  });
});

describe("a hook", () => {
  function hook(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  }

  it("is told its step, where the root is, and why the boot failed", () => {
    const path = hook("tell", '#!/bin/sh\necho "$UNITRD_STEP $UNITRD_ROOT $UNITRD_FAILURE $PWD"\n');
    expect(said(`run_hook hook:tell ${path}`)).toBe("hook:tell /sysroot  /\n");
    expect(said(`failure='mount:/ failed'\nrun_hook on-failure ${path}`)).toBe(
      "on-failure /sysroot mount:/ failed /\n",
    );
  });

  it("that fails is named with its status, which is that of the step", () => {
    const path = hook("fails", "#!/bin/sh\nexit 3\n");
    expect(said(`run_hook hook:fails ${path}; echo "status $?"`)).toBe(
      "unitrd: the hook fails of hook:fails ended with status 3\nstatus 3\n",
    );
  });

  it("cannot change what the script itself knows", () => {
    const path = hook("changes", "#!/bin/sh\nroot_device=/dev/evil\ncd /tmp\nexit 0\n");
    expect(said(`root_device=good\nrun_hook hook:changes ${path}\necho "$root_device"`)).toBe("good\n");
  });
});
