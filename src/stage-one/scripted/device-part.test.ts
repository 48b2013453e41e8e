import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeDeviceName } from "../../config/device-spec.ts";
import { runParts } from "../../testing/shell.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "unitrd-device-part-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A disk with two partitions and what the kernel would show of it below /sys. */
function disk(name: string, table: string): string {
  const image = join(directory, `${name}.img`);
  writeFileSync(image, "");
  execFileSync("truncate", ["-s", "8M", image]);
  execFileSync("sfdisk", ["--quiet", image], { input: table, env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } });
  const sys = join(directory, name);
  mkdirSync(join(sys, "queue"), { recursive: true });
  writeFileSync(join(sys, "queue/logical_block_size"), "512\n");
  for (const number of [1, 2]) {
    mkdirSync(join(sys, `${name}${number}`));
    writeFileSync(join(sys, `${name}${number}/partition`), `${number}\n`);
    writeFileSync(
      join(sys, `${name}${number}/uevent`),
      `DEVTYPE=partition\nPARTN=${number}\nPARTNAME=part ${number}\n`,
    );
  }
  return `disk_bytes() { dd if=${image} bs=4 skip=$(($2 / 4)) count=$(($3 / 4)) 2>/dev/null | hexdump -v -e '1/1 "%02x"'; }`;
}

function said(lines: string): string {
  const { stdout, stderr } = runParts(["head", "device"], lines);
  return stdout + stderr;
}

describe("the script finds a partition", () => {
  it("by the unique GUID of its entry in a GPT, as sfdisk wrote it", () => {
    const fake = disk(
      "vda",
      [
        "label: gpt",
        "size=1M, uuid=01234567-89AB-CDEF-0123-456789ABCDEF",
        "size=1M, uuid=8C1B9B2E-7B6B-4C73-9A09-0C9F3E1F0A55",
      ].join("\n"),
    );
    const print = [1, 2].map((number) => `partition_uuid ${directory}/vda/vda${number}`).join("\n");
    expect(said(`${fake}\n${print}`)).toBe(
      "01234567-89ab-cdef-0123-456789abcdef\n8c1b9b2e-7b6b-4c73-9a09-0c9f3e1f0a55\n",
    );
  });

  it("by signature and number on a disk with a DOS table", () => {
    const fake = disk("vdb", "label: dos\nlabel-id: 0x0badcafe\nsize=1M\nsize=1M\n");
    expect(said(`${fake}\npartition_uuid ${directory}/vdb/vdb2`)).toBe("0badcafe-02\n");
  });

  it("by its name, blanks and all", () => {
    disk("vdc", "label: gpt\nsize=1M\nsize=1M\n");
    expect(said(`partition_label ${directory}/vdc/vdc2`)).toBe("part 2\n");
  });
});

describe("numbers on a disk", () => {
  it.each([
    ["0200000000000000", "2"],
    ["80000000", "128"],
    ["efbeadde", String(0xdeadbeef)],
  ])("%s, read from the little end, are %s", (digits, number) => {
    expect(said(`little_endian ${digits}`)).toBe(number);
  });

  it("of a GUID are turned around in its first three fields only", () => {
    expect(said("guid_text 67452301ab89efcd0123456789abcdef")).toBe("01234567-89ab-cdef-0123-456789abcdef\n");
  });
});

describe("a device that is waited for", () => {
  const fakes = [
    "plug_devices() { :; }",
    "usleep() { :; }",
    "device_timeout=7",
    'uptime_now() { printf x >> "$ticks"; printf "%s.00" "$(wc -c < "$ticks")"; }',
  ].join("\n");
  const clock = () => `ticks=${directory}/ticks; : > "$ticks"`;

  it("is there at once, and nothing is said", () => {
    expect(
      said(`${clock()}\n${fakes}\nfind_device() { echo /dev/vda; }\nwait_for_device UUID=x 5 m.toml:1; echo "$device"`),
    ).toBe("/dev/vda\n");
  });

  it("and does not come is named with the time and the line that asks for it", () => {
    const lines = `find_device() { return 1; }\nwait_for_device LABEL=root 5 'm.toml:3 filesystems."/"' || echo status $?`;
    expect(said(`${clock()}\n${fakes}\n${lines}`)).toBe(
      'unitrd: /dev/disk/by-label/root did not appear within 5 s: m.toml:3 filesystems."/"\nstatus 1\n',
    );
  });

  it("without a time of its own gets that of the whole stage one", () => {
    const lines = "find_device() { return 1; }\nwait_for_device LABEL=root default m.toml:3";
    expect(said(`${clock()}\n${fakes}\n${lines}`)).toContain("did not appear within 7 s");
  });
});

describe("a device that a message names", () => {
  it("is called as udev calls its link", () => {
    const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
    for (const value of [printable, "root", "the root", "größe"]) {
      const quoted = `'${value.replaceAll("'", "'\\''")}'`;
      expect(said(`device_path LABEL=${quoted}`)).toBe(`/dev/disk/by-label/${encodeDeviceName(value)}\n`);
    }
    expect(said("device_path PARTUUID=0a-1; device_path /dev/vda")).toBe("/dev/disk/by-partuuid/0a-1\n/dev/vda\n");
  });
});

describe("a mapping", () => {
  it("keeps a node that is no mapping's as it is", () => {
    expect(said("mapping_name /dev/vda2")).toBe("/dev/vda2\n");
  });
});
