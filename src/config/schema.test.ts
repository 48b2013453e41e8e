import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { absolutePath, fileMode, moduleName, name, relativeOrSysrootPath, size } from "./schema.ts";

const long = "x".repeat(128);

describe("the vocabulary of declarations", () => {
  test.each<[string, z.ZodType, unknown, unknown]>([
    ["a name", name, "my root", "my root"],
    ["a name that is not ASCII", name, "größe", "größe"],
    ["a path", absolutePath, "/usr/lib", "/usr/lib"],
    ["the root", absolutePath, "/", "/"],
    ["a path with dots in a name", absolutePath, "/a/..b/.c", "/a/..b/.c"],
    ["a relative path", relativeOrSysrootPath, "keys/root.key", "keys/root.key"],
    ["a path of the sysroot", relativeOrSysrootPath, "/etc/motd", "/etc/motd"],
    ["a module", moduleName, "snd-hda_intel", "snd-hda_intel"],
    ["a mode", fileMode, "0644", 0o644],
    ["a mode with set-user-id", fileMode, "4755", 0o4755],
    ["a size", size, "64M", 64 * 1024 ** 2],
    ["a size with a fraction", size, "1.5 GiB", 1.5 * 1024 ** 3],
    ["a size in bytes", size, "512B", 512],
    ["a number of bytes", size, 512, 512],
  ])("takes %s", (_, schema, input, output) => {
    expect(schema.parse(input)).toBe(output);
  });

  test.each<[z.ZodType, unknown, string]>([
    [name, "", "a name may not be empty"],
    [name, "..", "a name may not be `..`"],
    [name, ".", "a name may not be `.`"],
    [name, "a/b", "a name may not contain a slash"],
    [name, "a\nb", "a name may not contain control characters"],
    [name, "a\0", "a name may not contain control characters"],
    [name, long, "a name has at most 127 bytes"],
    [name, "-".repeat(60), "this name is too long for the name of a unit"],
    [absolutePath, "usr", "a path here is absolute: it begins with `/`"],
    [absolutePath, "", "a path here is absolute: it begins with `/`"],
    [absolutePath, "/a/../b", "a path may not contain `..`"],
    [absolutePath, "/a/./b", "a path may not contain `.` as a part"],
    [absolutePath, "/a//b", "a path may not contain doubled slashes or end in one"],
    [absolutePath, "/a/", "a path may not contain doubled slashes or end in one"],
    [absolutePath, "/a\n", "a path may not contain control characters"],
    [relativeOrSysrootPath, "../x", "a path may not contain `..`"],
    [relativeOrSysrootPath, "a/../../x", "a path may not contain `..`"],
    [relativeOrSysrootPath, "/../x", "a path may not contain `..`"],
    [relativeOrSysrootPath, "./x", "a path may not contain `.` as a part"],
    [relativeOrSysrootPath, "", "a path may not be empty"],
    [relativeOrSysrootPath, "/", "a path may not contain doubled slashes or end in one"],
    [moduleName, "ext4.ko.xz", 'a module is named without the ending of its file: "ext4"'],
    [moduleName, "a b", "a module's name consists of"],
    [moduleName, "x".repeat(56), "a module's name has at most 55 characters"],
    [fileMode, "644 ", "a mode is three or four octal digits"],
    [fileMode, "0o644", "a mode is three or four octal digits"],
    [fileMode, "0888", "a mode is three or four octal digits"],
    [size, "64MB", "a size is a whole number of bytes"],
    [size, "-1", "a size is a whole number of bytes"],
    [size, "0.3K", "a size is a whole number of bytes"],
    [size, "9999999P", "a size is a whole number of bytes"],
  ])("refuses with the reason (%#)", (schema, input, message) => {
    const result = schema.safeParse(input);
    expect(result.error?.issues.map((issue) => issue.message).join()).toContain(message);
    expect(result.error?.issues).toHaveLength(1);
  });
});
