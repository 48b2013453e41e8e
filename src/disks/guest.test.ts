import { describe, expect, it } from "vitest";
import { loadOrder } from "./guest.ts";

describe("loadOrder", () => {
  const modulesDep = [
    "kernel/fs/btrfs/btrfs.ko.xz: kernel/crypto/xor.ko.xz kernel/lib/raid6/raid6_pq.ko.xz",
    "kernel/crypto/xor.ko.xz:",
    "kernel/fs/9p/9p.ko: kernel/net/9p/9pnet.ko kernel/fs/netfs/netfs.ko",
    "kernel/md/raid5-cache.ko.zst: kernel/crypto/xor.ko.xz",
    "",
  ].join("\n");

  it("puts what a module depends on before it, each file once", () => {
    expect(loadOrder(modulesDep, ["btrfs", "raid5_cache"])).toEqual([
      "kernel/lib/raid6/raid6_pq.ko.xz",
      "kernel/crypto/xor.ko.xz",
      "kernel/fs/btrfs/btrfs.ko.xz",
      "kernel/md/raid5-cache.ko.zst",
    ]);
  });

  it("has nothing to load for what is built in", () => {
    expect(loadOrder(modulesDep, ["ext4"])).toEqual([]);
  });
});
