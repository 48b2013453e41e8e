import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { compileText, entryAt, plainRoot, syntheticSysroot, textAt } from "../../testing/synthetic-sysroot.ts";
import { isKey } from "./authorized-keys.ts";
import { dropbearKey, isPrivateKey, opensshKey, publicLine, readEd25519 } from "./host-key.ts";

const key = { seed: new Uint8Array(32).fill(1), publicKey: new Uint8Array(32).fill(2) };
const owner = publicLine(key, "the owner").trim();
const network = '[network.links."*"]\ndhcp = true\n';
const disk = '[luks.root]\ndevice = "UUID=0f3c0f3c-0000-4000-8000-000000000002"\n';
const beside = { "/keys": `# who may\n\n${owner}\n`, "/host": opensshKey(key, "host"), "/none": "no key\n" };

async function compiled(toml: string) {
  const { compiled: result, found } = await compileText(`${plainRoot}${disk}${network}${toml}`, { beside });
  return { result, found: found.map(shown) };
}

function shown({ code, message, at }: Diagnostic): string {
  return `${code} ${at[0]?.path ?? "-"}: ${message}`;
}

describe("[ssh]", () => {
  it("is a server that lets in by keys alone, for the questions alone", async () => {
    const { result, found } = await compiled('[ssh]\nauthorized-keys-files = ["keys"]\n');
    expect(found).toEqual([]);
    expect(textAt(result, "/etc/unitrd/ssh/authorized-keys")).toBe(`${owner}\n`);
    const config = textAt(result, "/etc/unitrd/ssh/sshd_config") ?? "";
    expect(config).toContain("\nPasswordAuthentication no\n");
    expect(config).toContain("\nForceCommand /usr/lib/unitrd/unlock\n");
    expect(config).toContain("\nDisableForwarding yes\n");
    expect(config).not.toContain("PerSourcePenalties");
    expect(textAt(result, "/etc/unitrd/askers")).toBe("systemd-cryptsetup@root.service\n");
    expect(textAt(result, "/etc/shadow")).toMatch(/^root:\*:/);
  });

  it("keeps the host key in the layer of secrets", async () => {
    const { result } = await compiled('[ssh]\nauthorized-keys-files = ["keys"]\nhost-keys = ["host"]\n');
    expect(entryAt(result, "/etc/unitrd/ssh/host-key-1")).toMatchObject({ layer: "secrets", mode: 0o600, uid: 0 });
    expect(textAt(result, "/etc/unitrd/ssh/host-key-1")).toBe(beside["/host"]);
  });

  it("forgives addresses that tried, where the server would not", async () => {
    const sysroot = syntheticSysroot({ "/usr/lib/openssh/sshd-session": { content: "#!/usr/bin/sh\n", mode: 0o755 } });
    const toml = `${plainRoot}${network}[ssh]\nauthorized-keys-files = ["keys"]\n`;
    const { compiled: result } = await compileText(toml, { sysroot, beside });
    expect(textAt(result, "/etc/unitrd/ssh/sshd_config")).toContain("\nPerSourcePenalties no\n");
  });

  it("waits for the network where it listens at certain addresses only", async () => {
    const { result } = await compiled(
      '[ssh]\nauthorized-keys-files = ["keys"]\nlisten = ["192.0.2.7", "2001:db8::7"]\n',
    );
    expect(textAt(result, "/etc/unitrd/ssh/sshd_config")).toContain(
      "Port 22\nListenAddress 192.0.2.7\nListenAddress 2001:db8::7\n",
    );
    expect(textAt(result, "/etc/systemd/system/unitrd-ssh.service")).toMatch(
      /^After=.*unitrd-network-online\.service/m,
    );
  });

  it("is a call in the script, which knows its questions by the names of steps", async () => {
    const { result } = await compiled(
      '[ssh]\nauthorized-keys-files = ["keys"]\nserver = "dropbear"\nport = 2222\n[stage-one]\nkind = "scripted"\n'.replace(
        "dhcp = true",
        'dhcp = "ipv4"',
      ),
    );
    expect(textAt(result, "/etc/unitrd/askers")).toBe("luks:root\n");
    expect(textAt(result, "/init")).toContain(
      "step ssh:server go-on start_ssh /usr/sbin/dropbear -s -j -k -K 15 -r /etc/unitrd/ssh/host-key-1 -p 2222 -c /usr/lib/unitrd/unlock\n",
    );
    expect(entryAt(result, "/root/.ssh/authorized_keys")).toMatchObject({ mode: 0o644 });
  });

  it("opens a shell, or runs another command, only where that is said", async () => {
    const { result: open } = await compiled('[ssh]\nauthorized-keys-files = ["keys"]\nshell = true\n');
    expect(textAt(open, "/etc/unitrd/ssh/sshd_config")).not.toContain("ForceCommand");
    const { result: other } = await compiled('[ssh]\nauthorized-keys-files = ["keys"]\ncommand = "/usr/bin/true"\n');
    expect(textAt(other, "/etc/unitrd/ssh/sshd_config")).toContain("\nForceCommand /usr/bin/true\n");
  });

  it.each([
    ["[ssh]\n", ["U921 ssh: nobody could log in: [ssh] has no public key"]],
    [
      '[ssh]\nauthorized-keys = ["ssh-rsa AAAA"]\n',
      ["U920 ssh.authorized-keys[0]: ssh.authorized-keys[0] is no public key"],
    ],
    [
      '[ssh]\nauthorized-keys-files = ["none"]\n',
      ["U920 ssh.authorized-keys-files[0]: line 1 of none is no public key"],
    ],
    [
      '[ssh]\nauthorized-keys-files = ["keys"]\nhost-keys = ["none"]\n',
      ["U924 ssh.host-keys[0]: none is no host key that OpenSSH can use without a pass phrase"],
    ],
    [
      '[ssh]\nauthorized-keys-files = ["keys"]\nshell = true\ncommand = "/usr/bin/true"\n',
      ["U926 ssh.command: `command` is all that one gets to run, and `shell` gives a shell"],
    ],
  ])("finds what is wrong with %j", async (toml, expected) => {
    expect((await compiled(toml)).found).toEqual(expected);
  });

  it("warns of the machine's own host key, and needs a network", async () => {
    const sysroot = syntheticSysroot({ "/etc/ssh/host": opensshKey(key, "host") });
    const toml = `${plainRoot}[ssh]\nauthorized-keys-files = ["keys"]\nhost-keys = ["/etc/ssh/host"]\n`;
    const { found } = await compileText(toml, { sysroot, beside });
    expect(found.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["U925 error", "U923 warning"]);
  });
});

describe("a public key", () => {
  it.each([owner, `from="10.0.0.0/8,::1",command="a \\" b" ${owner}`, owner.split(" ").slice(0, 2).join(" ")])(
    "is seen in %j",
    (line) => {
      expect(isKey(line)).toBe(true);
    },
  );

  it.each(["", "ssh-ed25519", owner.slice(0, 60), owner.replace("ssh-ed25519 ", "ssh-rsa "), `command="${owner}"`])(
    "is not seen in %j",
    (line) => {
      expect(isKey(line)).toBe(false);
    },
  );
});

describe("a host key", () => {
  it("is read as it was written", () => {
    expect(readEd25519(opensshKey(key, "host"))).toEqual({
      seed: Buffer.from(key.seed),
      publicKey: Buffer.from(key.publicKey),
    });
    expect(Buffer.from(dropbearKey(key)).toString("latin1")).toMatch(/^\0\0\0\x0bssh-ed25519\0\0\0@\x01{32}\x02{32}$/);
  });

  it.each(["", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", owner])(
    "is not seen in %j",
    (text) => {
      expect(isPrivateKey(text)).toBe(false);
      expect(readEd25519(text)).toBeUndefined();
    },
  );
});
