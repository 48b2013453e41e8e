import { describe, expect, it } from "vitest";
import { runParts } from "../../testing/shell.ts";

/** What zpool(8) and zfs(8) of OpenZFS 2.2 answer, for a pool `rpool` with an encrypted `rpool/ROOT`. */
const fakes = [
  "modprobe() { :; }",
  "stty() { :; }",
  "usleep() { :; }",
  "plug_devices() { :; }",
  "device_timeout=3 root_device=''",
  'ticks=$(mktemp); uptime_now() { printf x >> "$ticks"; printf "%s.00" "$(wc -c < "$ticks")"; }',
  `zpool() { [ "$5" = rpool ] || { echo "cannot import '$5': no such pool available" >&2; return 1; }; echo "zpool $*"; }`,
  'zfs() { case "$*" in "get -H -o value keystatus "*) echo "${keystatus:-unavailable}" ;; "get -H -o value encryptionroot "*) echo rpool/ROOT ;; "get -H -o value mountpoint "*) echo "${mountpoint:-/}" ;; "load-key -L prompt "*) read -r given; [ "$given" = right ] || { echo "Key load error: Incorrect key provided for \'rpool/ROOT\'." >&2; return 255; } ; echo "key of $4" ;; "load-key -L file://"*) [ "$3" = file:///good ] ;; esac; }',
].join("\n");

function said(lines: string, typed = ""): string {
  const { stdout, stderr } = runParts(["head", "prompt", "zfs"], `${fakes}\n${lines}\nrm "$ticks"`, typed);
  return stdout + stderr;
}

describe("a pool", () => {
  it("is imported without mounting anything", () => {
    expect(said("import_pool rpool 5 m.toml:1; echo $import_said; echo status $?")).toContain(
      "zpool import -N -d /dev rpool",
    );
  });

  it("that does not come is named, with what zpool said", () => {
    const spoken = said("import_pool tank 3 m.toml:1; echo status $?");
    expect(spoken).toBe(
      "cannot import 'tank': no such pool available\nunitrd: the pool tank was not imported within 3 s: m.toml:1\nstatus 1\n",
    );
  });
});

describe("an encrypted dataset", () => {
  it("is asked for until the key of its encryption root fits", () => {
    const spoken = said("unlock_zfs rpool/ROOT/debian passphrase '' m.toml:1; echo status $?", "wrong\nright\n");
    expect(spoken.match(/Please enter passphrase for dataset rpool\/ROOT: /g)).toHaveLength(2);
    expect(spoken).toContain("Incorrect key provided");
    expect(spoken).toContain("key of rpool/ROOT");
    expect(spoken).toContain("status 0");
  });

  it("whose key is there already is left alone", () => {
    expect(said("keystatus=available\nunlock_zfs rpool/ROOT/debian passphrase '' m.toml:1; echo status $?")).toBe(
      "status 0\n",
    );
  });

  it("is opened by a key file, and asked for when that is the wrong one", () => {
    expect(said("unlock_zfs rpool/ROOT/debian key-file /good m.toml:1; echo status $?")).toBe("status 0\n");
    expect(said("unlock_zfs rpool/ROOT/debian key-file /bad m.toml:1; echo status $?")).toBe(
      "unitrd: the key file does not open rpool/ROOT: m.toml:1\nstatus 1\n",
    );
  });
});
