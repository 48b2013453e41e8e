import fc from "fast-check";
import { pathFault } from "../image/image-path.ts";
import { manifestBuilder } from "../image/manifest-builder.ts";
import type { Addition } from "../image/manifest-builder.ts";
import { layerNames } from "../image/manifest.ts";
import type { Content, Manifest } from "../image/manifest.ts";

/** Manifests with whatever names, sizes and modes an image may have. */
export function arbitraryManifest(): fc.Arbitrary<Manifest> {
  return fc.array(addition(), { maxLength: 12 }).map((additions) => {
    const builder = manifestBuilder(() => undefined);
    for (const each of additions) builder.add(each);
    return builder.done();
  });
}

/** For manifests that read nothing from a sysroot. */
export function bytesOf(content: Content): Uint8Array {
  if (content.is === "bytes") return content.bytes;
  throw new Error(`no sysroot to read ${content.path} from`);
}

function addition(): fc.Arbitrary<Addition> {
  const base = {
    path: path(),
    layer: fc.constantFrom(...layerNames),
    uid: owner(),
    gid: owner(),
    why: fc.constant([]),
  };
  const mode = fc.oneof(fc.constantFrom(0o644, 0o755, 0o600, 0o4755, 0o1777, 0), fc.nat(0o7777));
  const minor = fc.nat(0xff);
  return fc.oneof(
    fc.record({ ...base, type: fc.constant("file" as const), mode, content: content() }),
    fc.record({ ...base, type: fc.constant("directory" as const), mode }),
    fc.record({ ...base, type: fc.constant("symlink" as const), target: target() }),
    fc.record({ ...base, type: fc.constant("character" as const), mode, device: fc.record({ major: minor, minor }) }),
  );
}

function path(): fc.Arbitrary<string> {
  return fc
    .array(name(), { minLength: 1, maxLength: 4 })
    .map((names) => `/${names.join("/")}`)
    .filter((whole) => pathFault(whole) === undefined);
}

function name(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      "a",
      "b",
      "lib",
      "größe",
      "\u{1f600}",
      "日本",
      " ",
      "a\nb",
      "-n",
      "x".repeat(255),
      "é".repeat(127),
      "\ufeffa",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 9 }),
  );
}

/** Lengths on both sides of the multiples of four to which everything is padded. */
function content(): fc.Arbitrary<Content> {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ minLength: 500, maxLength: 515 }));
  return bytes.map((each) => ({ is: "bytes", bytes: each }));
}

function target(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom("a", "../b", "/lib", "..", "größe", "t".repeat(4095)), path());
}

function owner(): fc.Arbitrary<number> {
  return fc.constantFrom(0, 0, 1, 65534, 0xfffffffe);
}
