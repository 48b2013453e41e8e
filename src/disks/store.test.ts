import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kept } from "./store.ts";

let store: string;

beforeEach(() => {
  store = join(mkdtempSync(join(tmpdir(), "unitrd-store-")), "store");
});

afterEach(() => {
  rmSync(join(store, ".."), { recursive: true, force: true });
});

const write = (directory: string): Promise<void> => {
  writeFileSync(join(directory, "x"), "");
  return Promise.resolve();
};

describe("kept", () => {
  it("makes once, and only for its owner to see", async () => {
    let made = 0;
    const make = (directory: string): Promise<void> => {
      made++;
      return write(directory);
    };
    expect(await kept(store, "a", make)).toBe(await kept(store, "a", make));
    expect(made).toBe(1);
    expect(statSync(store).mode & 0o777).toBe(0o700);
    expect(statSync(join(store, "a")).mode & 0o777).toBe(0o700);
  });

  it("lets one make what many want at once", async () => {
    let made = 0;
    const make = async (directory: string): Promise<void> => {
      made++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      await write(directory);
    };
    await Promise.all([1, 2, 3, 4].map(() => kept(store, "a", make)));
    expect(made).toBe(1);
    expect(readdirSync(store)).toEqual(["a"]);
  });

  it("keeps nothing of what failed, and the next one tries again", async () => {
    await expect(kept(store, "a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(store)).toEqual([]);
    await kept(store, "a", write);
    expect(readdirSync(store)).toEqual(["a"]);
  });

  it("takes over from a run that was killed, and clears away what it left", async () => {
    const dead = spawnSync("true").pid;
    mkdirSync(join(store, `making-${dead}-x`), { recursive: true });
    writeFileSync(join(store, "a.lock"), String(dead));
    await kept(store, "a", write);
    expect(readdirSync(store)).toEqual(["a"]);
  });

  it("waits for a run that lives, and uses what it made", async () => {
    mkdirSync(store);
    writeFileSync(join(store, "a.lock"), String(process.ppid));
    setTimeout(() => {
      mkdirSync(join(store, "a"));
    }, 150);
    await kept(store, "a", () => Promise.reject(new Error("it was there")));
    expect(readdirSync(store)).toEqual(["a", "a.lock"]);
  });
});
