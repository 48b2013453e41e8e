import { describe, expect, it } from "vitest";
import { stateBytes, stateOf } from "./state.ts";

function superblock(write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(stateBytes);
  write(new DataView(bytes.buffer));
  return bytes;
}

function ext4(state: number, incompatible: number): Uint8Array {
  return superblock((view) => {
    view.setUint16(1024 + 0x38, 0xef53, true);
    view.setUint16(1024 + 0x3a, state, true);
    view.setUint32(1024 + 0x60, incompatible, true);
  });
}

function md(at: number, resyncOffset: bigint): Uint8Array {
  return superblock((view) => {
    view.setUint32(at, 0xa92b4efc, true);
    view.setBigUint64(at + 0xd0, resyncOffset, true);
  });
}

describe("stateOf", () => {
  it("takes an ext4 for clean only when it was unmounted and its journal is empty", () => {
    expect(stateOf(ext4(1, 0x40))).toEqual({ type: "ext4", state: "clean" });
    expect(stateOf(ext4(1, 0x44))).toEqual({ type: "ext4", state: "dirty" });
    expect(stateOf(ext4(0, 0x40))).toEqual({ type: "ext4", state: "dirty" });
  });

  it("takes an array for clean when nothing is to be synchronized", () => {
    expect(stateOf(md(4096, 2n ** 64n - 1n))).toEqual({ type: "md", state: "clean" });
    expect(stateOf(md(0, 0n))).toEqual({ type: "md", state: "dirty" });
  });

  it("says so of what it does not know, and of too little", () => {
    expect(stateOf(new Uint8Array(stateBytes)).state).toBe("unknown");
    expect(stateOf(new Uint8Array(10)).state).toBe("unknown");
  });
});
