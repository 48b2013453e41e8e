import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { compileText, entryAt, plainRoot, textAt } from "../../testing/synthetic-sysroot.ts";
import { credentialKey } from "./credential-key.ts";

/** The Base64 of an ID that begins a credential, and of some bytes behind it. */
function credential(id: string): string {
  return `${Buffer.concat([Buffer.from(id, "hex"), Buffer.alloc(48)]).toString("base64")}\n`;
}

const noKey = credential("058469daf6f54324800549da0f8ea2fb");
const tpm = credential("0c7cc07b117645919c4b0bea08bc20fe");
const host = credential("5a1c6a86df9d4096b1d5a65e0862f19a");
const beside = { "/token": "sesame", "/no-key": noKey, "/tpm": tpm, "/host": host };

async function compiled(toml: string) {
  const { compiled: result, found } = await compileText(`${plainRoot}${toml}`, { beside });
  return { result, found: found.map(shown) };
}

function shown({ code, message, at }: Diagnostic): string {
  return `${code} ${at[0]?.line ?? "-"}: ${message}`;
}

describe("a secret", () => {
  it("from a file lies in the layer of secrets, readable by root only", async () => {
    const { result, found } = await compiled('[secrets.token]\nfile = "token"\n');
    expect(found).toEqual([]);
    expect(entryAt(result, "/etc/unitrd/secrets/token")).toMatchObject({ layer: "secrets", mode: 0o600, uid: 0 });
    expect(textAt(result, "/etc/unitrd/secrets/token")).toBe("sesame");
  });

  it("from a command is what it wrote", async () => {
    const { result } = await compiled('[secrets.token]\ncommand = ["echo", "open", "up"]\npath = "/etc/token"\n');
    expect(textAt(result, "/etc/token")).toBe("open up");
  });

  it.each([
    ["missing", "cannot be run: there is no program missing"],
    ["silent", "wrote nothing"],
  ])("from a command that is %s is none", async (program, because) => {
    const { found } = await compiled(`[secrets.token]\ncommand = ["${program}"]\n`);
    expect(found).toEqual([`U902 5: the command of secrets.token ${because}`]);
  });

  it("comes from one place", async () => {
    expect((await compiled("[secrets.token]\n")).found[0]).toContain("U900 4: secrets.token has none of");
    expect((await compiled('[secrets.token]\nfile = "token"\ncommand = ["a"]\n')).found[0]).toContain("more than one");
  });

  it("that is in the image from the start waits for nobody", async () => {
    const { found } = await compiled('[secrets.token]\nfile = "token"\nbefore = ["mount:/"]\n');
    expect(found[0]).toContain("U901 6");
  });

  it("is wiped at the hand-over by both stage ones, and kept on demand", async () => {
    const toml = '[secrets.a]\nfile = "token"\n[secrets.b]\nfile = "token"\nkeep = true\n';
    const { result } = await compiled(toml);
    const unit = textAt(result, "/etc/systemd/system/unitrd-wipe-secrets.service") ?? "";
    expect(unit.match(/^ExecStart=.*$/gm)).toEqual([
      "ExecStart=/usr/bin/cp -- /etc/unitrd/secrets/b /run/unitrd/secrets/b",
      "ExecStart=/usr/bin/shred --force --iterations=0 --zero --remove=unlink -- /etc/unitrd/secrets/a",
      "ExecStart=/usr/bin/shred --force --iterations=0 --zero --remove=unlink -- /etc/unitrd/secrets/b",
    ]);
    expect(textAt(result, "/etc/unitrd/secrets.list")).toBe(
      "wipe\t-\t/etc/unitrd/secrets/a\nkeep\tb\t/etc/unitrd/secrets/b\n",
    );
    const scripted = await compiled(`[stage-one]\nkind = "scripted"\n${toml}`);
    expect(textAt(scripted.result, "/init")).toContain("step secrets:wipe go-on hand_over_secrets\n");
  });
});

describe("an encrypted credential", () => {
  it("is decrypted before every other step", async () => {
    const { result, found } = await compiled('[secrets.token]\ncredential = "no-key"\n');
    expect(found).toEqual([
      "U905 5: no-key is encrypted with no key: whoever has the image can read it, as with a plain file",
    ]);
    expect(result?.plan.steps.map(({ id }) => id)).toEqual(["secret:token", "mount:/"]);
    expect(textAt(result, "/etc/systemd/system/unitrd-secret-token.service")).toContain(
      "ExecStart=/usr/bin/systemd-creds decrypt --name=token /etc/credstore.encrypted/token /etc/unitrd/secrets/token\n",
    );
    expect(textAt(result, "/etc/unitrd/secrets.list")).toBe(
      "wipe\t-\t/etc/credstore.encrypted/token\nwipe\t-\t/etc/unitrd/secrets/token\n",
    );
  });

  it("holds up only the steps that need it, where they are named", async () => {
    const { result } = await compiled(
      '[luks.a]\ndevice = "UUID=a"\n[secrets.token]\ncredential = "no-key"\nbefore = ["luks:a"]\n',
    );
    const edges = result?.plan.edges.filter(({ earlier }) => earlier === "secret:token");
    expect(edges?.map(({ later }) => later)).toEqual(["luks:a"]);
  });

  it("that needs the TPM waits for it and brings its libraries", async () => {
    const { result, found } = await compiled('[secrets.token]\ncredential = "tpm"\n');
    expect(textAt(result, "/etc/systemd/system/unitrd-secret-token.service")).toContain("After=dev-tpmrm0.device\n");
    expect(found.every((one) => one.includes("libtss2"))).toBe(true);
    expect(found.length).toBeGreaterThan(0);
  });

  it("that needs the host's key is refused", async () => {
    const { found } = await compiled('[secrets.token]\ncredential = "host"\n');
    expect(found).toEqual([
      "U904 5: host needs the key of the host, which lies on the root and cannot be read before it is mounted",
    ]);
  });

  it("is known from other files", async () => {
    expect((await compiled('[secrets.token]\ncredential = "token"\n')).found).toEqual([
      "U903 5: token is no encrypted credential",
    ]);
    expect(credentialKey(new Uint8Array())).toBeUndefined();
    expect(credentialKey(Buffer.from(noKey.replace(/.{20}/g, "$&\n")))).toBe("none");
  });
});
