import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findings, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { memoryTree, type MemoryFile } from "./memory-tree.ts";
import { accounts, type Accounts, type WantedAccounts } from "./users.ts";

const debian = {
  "/etc/passwd": [
    "root:x:0:0:root:/root:/bin/bash",
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
    "systemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin",
    "broken:x:abc:1::/:/bin/sh",
    "",
  ].join("\n"),
  "/etc/group": "root:x:0:\ndaemon:x:1:\ndisk:x:6:daemon,root,ghost\nsystemd-network:x:998:\n",
  "/etc/shadow": { content: "root:$6$secret:1::::::\n", mode: 0o640 },
  "/usr/lib/sysusers.d/basic.conf": '# comment\ng tty 5 -\ng kvm -\nu messagebus - "Message Bus"\nu disk 7 -\n',
  "/usr/lib/sysusers.d/z.conf": 'u sshd -:nogroup "privilege separation" /run/sshd\ng nogroup 65534 -\nm sshd tty\n',
};

function make(
  files: Record<string, MemoryFile>,
  users: readonly string[],
  groups: readonly string[],
  more: Partial<WantedAccounts> = {},
): Accounts & { readonly found: readonly Diagnostic[] } {
  const { report, all } = findings();
  const named = (name: string) => ({ name, why: [{ what: "a test" }] });
  const wanted = { users: users.map(named), groups: groups.map(named), ...more };
  return { ...accounts(memoryTree(files), wanted, report), found: all };
}

describe("accounts", () => {
  it("has root, who is locked, and nobody that nothing names", () => {
    const made = make(debian, [], []);
    expect(made.passwd).toBe("root:x:0:0:root:/root:/bin/bash\n");
    expect(made.group).toBe("root:x:0:\n");
    expect(made.shadow).toBe("root:*:::::::\n");
    expect(made.found).toEqual([]);
  });

  it("takes users with their primary group, and members only if they are there", () => {
    const made = make(debian, ["systemd-network", "daemon"], ["disk"]);
    expect(made.passwd.split("\n").map((line) => line.split(":")[0])).toEqual([
      "root",
      "daemon",
      "systemd-network",
      "",
    ]);
    expect(made.group).toBe("root:x:0:\ndaemon:x:1:\ndisk:x:6:daemon,root\nsystemd-network:x:998:\n");
    expect(made.shadow).toContain("daemon:!*:::::::\n");
    expect(made.users.get("systemd-network")).toMatchObject({ uid: 998, gid: 998 });
  });

  it("never copies a password of the tree, but sets the one it is given for root", () => {
    expect(make(debian, [], []).shadow).not.toContain("secret");
    expect(make(debian, [], [], { rootPassword: "$y$hash" }).shadow).toBe("root:$y$hash:::::::\n");
    expect(() => make(debian, [], [], { rootPassword: "x:\nevil::0:" })).toThrow("colon");
  });

  it("gives root another shell when asked to", () => {
    expect(make(debian, [], [], { rootShell: "/bin/sh" }).passwd).toBe("root:x:0:0:root:/root:/bin/sh\n");
  });

  it("takes from sysusers.d what /etc does not have, with ids that are free", () => {
    const made = make(debian, ["messagebus", "sshd"], ["tty", "kvm"]);
    expect(made.found).toEqual([]);
    expect(made.passwd).toBe(
      [
        "root:x:0:0:root:/root:/bin/bash",
        "sshd:x:997:65534:privilege separation:/run/sshd:/usr/sbin/nologin",
        "messagebus:x:999:999:Message Bus:/:/usr/sbin/nologin",
        "",
      ].join("\n"),
    );
    expect(made.group).toBe("root:x:0:\ntty:x:5:sshd\nkvm:x:997:\nmessagebus:x:999:\nnogroup:x:65534:\n");
  });

  it("lets a file of sysusers.d in /etc stand for its namesake in /usr/lib", () => {
    const made = make({ ...debian, "/etc/sysusers.d/basic.conf": "g tty 55 -\n" }, [], ["tty"]);
    expect(made.groups.get("tty")?.gid).toBe(55);
  });

  it("has a root even if the tree has no accounts at all", () => {
    expect(make({}, [], []).passwd).toBe("root:x:0:0:Super User:/root:/bin/sh\n");
  });

  it("reports whom the tree does not know, and lines that make no sense", () => {
    const made = make(debian, ["nobody-knows", "broken"], ["a:b"]);
    expect(made.found.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'U311 /etc/passwd:4 does not describe the user "broken"',
      'U310 the sysroot has no user "nobody-knows", which is wanted: a test',
      'U310 the sysroot has no group "a:b", which is wanted: a test',
    ]);
  });

  it("makes well-formed files of whatever the tree holds", () => {
    const piece = fc.constantFrom(
      "root",
      "a",
      "b",
      ":",
      "x",
      "0",
      "7",
      "\n",
      "u ",
      "g ",
      "m ",
      "-",
      " ",
      '"',
      "\t",
      "/",
    );
    const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, text, text, (passwd, group, sysusers) => {
        const files = { "/etc/passwd": passwd, "/etc/group": group, "/usr/lib/sysusers.d/x.conf": sysusers };
        const made = make(files, ["a", "b", "x"], ["a", "x"]);
        expect(made.passwd).toMatch(/^(\w+:x:\d+:\d+:[^:\n]*:[^:\n]*:[^:\n]*\n)+$/);
        expect(made.group).toMatch(/^([\w]+:x:\d+:[\w,]*\n)+$/);
        expect(made.shadow).toMatch(/^(root:\*:::::::\n)?(\w+:!\*:::::::\n)*$/);
      }),
    );
  });
});
