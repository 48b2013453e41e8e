import type { Observed } from "../scenario/observed.ts";
import { readStageTwo } from "../scenario/stage-two-report.ts";

/** A boot into a btrfs inside LUKS2 that went well, otherwise where `changes` says so. */
export function observed(changes: Partial<Observed> & { readonly assertion?: string } = {}): Observed {
  const { assertion = "0\n", ...rest } = changes;
  const sections = new Map<string, string>([
    ["cmdline", "quiet\n"],
    [
      "mountinfo",
      [
        "21 1 0:20 /@\\040root / ro,relatime shared:1 - btrfs /dev/mapper/root ro,compress=zstd:3,subvolid=256,subvol=/@\\040root",
        "22 21 0:21 / /run rw - tmpfs tmpfs rw",
        "23 22 0:22 / /run rw - ramfs ramfs rw",
        "24 21 254:2 / /mnt/with\\040blank rw - ext4 /dev/vda2 rw",
        "",
      ].join("\n"),
    ],
    ["modules", "dm_crypt 65536 1 - Live 0x0\nnvme 1 0 - Live 0x0\n"],
    ["module-parameters", "kvm_amd.nested=1\nprintk.time=Y\n"],
    ["mappings", "dm-0\troot\tCRYPT-LUKS2-0a-root\tvda\n"],
    ["swaps", "Filename\t\t\t\tType\t\tSize\n/dev/vda3                               partition\t1\n"],
    [
      "files",
      [
        `file 600 0 7 6 ${"a".repeat(64)} 6 /etc/secret\na\nend\n\n`,
        "symlink 777 0 0 6 - 6 /etc/link\nsecret\n",
        "directory 755 0 0 4096 - 0 /etc\n\n",
        "absent - - - - - 0 /nowhere\n\n",
      ].join(""),
    ],
    ["links", "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP qlen 1000\n"],
    ["addresses", "2: eth0    inet 10.0.2.15/24 brd 10.0.2.255 scope global eth0\\       valid_lft forever\n"],
    ["routes", "default via 10.0.2.2 dev eth0\n10.0.2.0/24 dev eth0 scope link\n"],
    ["assert", assertion],
  ]);
  const bytes = new Map([...sections].map(([name, text]) => [name, new TextEncoder().encode(text)]));
  return {
    end: "hand-over",
    stageOne: "systemd",
    console: "",
    prompts: 1,
    stageTwo: readStageTwo(bytes),
    jobs: [],
    failures: [],
    journal: [],
    ...rest,
  };
}
