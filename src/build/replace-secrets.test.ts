import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findings } from "../diagnostics/diagnostic.ts";
import { compressorFor } from "../host/compression.ts";
import { readImage } from "../host/read-image.ts";
import { assemble } from "../image/write.ts";
import { layersOf } from "../image/layers.ts";
import { manifestBuilder } from "../image/manifest-builder.ts";
import { secretsIndex } from "../stage-one/secrets-index.ts";
import { listSecrets, replaceSecrets } from "./replace-secrets.ts";

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "unitrd-secrets-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function makeImage(secrets: Readonly<Record<string, string>>): Promise<string> {
  const builder = manifestBuilder(() => undefined);
  const held = Object.keys(secrets).map((path) => ({ path, ...(path.endsWith("b") ? { keepAs: "b" } : {}) }));
  const index = secretsIndex(held);
  const text = index.is === "file" && typeof index.content === "string" ? index.content : "";
  const add = (path: string, content: string, mode: number, layer: "config" | "secrets"): void => {
    builder.add({ type: "file", path, mode, content: { is: "bytes", bytes: Buffer.from(content) }, layer, why: [] });
  };
  add("/etc/unitrd/secrets.list", text, 0o644, "config");
  for (const [path, content] of Object.entries(secrets)) add(path, content, 0o600, "secrets");
  const pieces: Uint8Array[] = [];
  const compressor = compressorFor("none");
  const read = () => new Uint8Array();
  const layers = layersOf(builder.done());
  for await (const piece of assemble(layers, {
    read: (content) => (content.is === "bytes" ? content.bytes : read()),
    compressor,
  })) {
    pieces.push(piece);
  }
  const path = join(directory, "initrd.img");
  writeFileSync(path, Buffer.concat(pieces), { mode: 0o600 });
  return path;
}

async function secretAt(image: string, path: string): Promise<string | undefined> {
  const read = await readImage(image, () => undefined);
  const stat = read?.tree.lstat(path);
  return stat === undefined ? undefined : Buffer.from(read?.tree.readAt(path, 0, stat.size) ?? []).toString();
}

const two = { "/etc/unitrd/secrets/a": "old a", "/etc/unitrd/secrets/b": "old b" };

describe("replacing secrets", () => {
  it("changes those that are named and nothing before their layer", async () => {
    const image = await makeImage(two);
    const before = readFileSync(image);
    writeFileSync(join(directory, "new"), "something longer than it was");
    const found = findings();
    expect(await replaceSecrets(image, [{ secret: "a", file: join(directory, "new") }], found.report)).toBe(true);
    expect(found.all).toEqual([]);
    expect(await secretAt(image, "/etc/unitrd/secrets/a")).toBe("something longer than it was");
    expect(await secretAt(image, "/etc/unitrd/secrets/b")).toBe("old b");
    const after = readFileSync(image);
    const layer = before.indexOf("old a") - 400;
    expect(after.subarray(0, layer).equals(before.subarray(0, layer))).toBe(true);
    expect(after.includes("old a")).toBe(false);
    expect(statSync(image).mode & 0o777).toBe(0o600);
  });

  it("takes a path for a name, and makes the image private", async () => {
    const image = await makeImage(two);
    chmodSync(image, 0o644);
    writeFileSync(join(directory, "new"), "new");
    const replacement = { secret: "/etc/unitrd/secrets/b", file: join(directory, "new") };
    expect(await replaceSecrets(image, [replacement], () => undefined)).toBe(true);
    expect(await secretAt(image, "/etc/unitrd/secrets/b")).toBe("new");
    expect(statSync(image).mode & 0o777).toBe(0o600);
  });

  it("leaves the image as it is when one of them does not exist", async () => {
    const image = await makeImage(two);
    const before = readFileSync(image);
    writeFileSync(join(directory, "new"), "new");
    const found = findings();
    const replacements = ["a", "c"].map((secret) => ({ secret, file: join(directory, "new") }));
    expect(await replaceSecrets(image, replacements, found.report)).toBe(false);
    expect(found.all.map(({ code, message, hint }) => `${code}: ${message} (${hint ?? ""})`)).toEqual([
      "U911: the image has no secret c (it has a, b)",
    ]);
    const missing = findings();
    expect(await replaceSecrets(image, [{ secret: "a", file: join(directory, "none") }], missing.report)).toBe(false);
    expect(missing.all.map(({ code }) => code)).toEqual(["U913"]);
    expect(readFileSync(image).equals(before)).toBe(true);
  });

  it("is refused where something was appended behind them, and where there are none", async () => {
    const image = await makeImage(two);
    const other = readFileSync(await makeImage({}));
    const whole = await makeImage(two);
    writeFileSync(whole, Buffer.concat([readFileSync(image), other]));
    for (const path of [whole, await makeImage({})]) {
      const found = findings();
      expect(await replaceSecrets(path, [], found.report)).toBe(false);
      expect(found.all.map(({ code }) => code)).toEqual(["U912"]);
    }
  });
});

describe("the list of secrets", () => {
  it("tells names, sizes and fates", async () => {
    const image = await readImage(await makeImage(two), () => undefined);
    expect(image === undefined ? [] : listSecrets(image)).toEqual([
      { path: "/etc/unitrd/secrets/a", name: "a", size: 5, kept: false },
      { path: "/etc/unitrd/secrets/b", name: "b", size: 5, kept: true },
    ]);
  });
});
