import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUnit, programsOf, unitNamesOf, valuesOf } from "./unit-file.ts";

describe("parseUnit", () => {
  it("reads assignments with their section and line", () => {
    expect(parseUnit("[Unit]\nDescription = a = b \n\n[Service]\nExecStart=/bin/true\n").assignments).toEqual([
      { section: "Unit", key: "Description", value: "a = b", line: 2 },
      { section: "Service", key: "ExecStart", value: "/bin/true", line: 5 },
    ]);
  });

  it("joins lines that end in a backslash by a space, over comments between them", () => {
    const text = "[Service]\nExecStart=/bin/echo a \\\n# a comment\n; another\n  b\nType=oneshot\n";
    const unit = parseUnit(text);
    expect(valuesOf(unit, "Service", "ExecStart")).toEqual(["/bin/echo a    b"]);
    expect(valuesOf(unit, "Service", "Type")).toEqual(["oneshot"]);
    expect(unit.assignments[0]?.line).toBe(2);
  });

  it("does not join after two backslashes, of which the first makes the second a plain character", () => {
    const unit = parseUnit("[Mount]\nWhat=/dev/a\\\\\nWhere=/b\n");
    expect(valuesOf(unit, "Mount", "Where")).toEqual(["/b"]);
  });

  it("takes no comment at the end of a line for one", () => {
    expect(valuesOf(parseUnit("[Unit]\nAfter=a.service # b.service\n"), "Unit", "After")).toEqual([
      "a.service # b.service",
    ]);
  });

  it("reads lines that end as those of other systems", () => {
    expect(valuesOf(parseUnit("[Unit]\r\nAfter=a.service\r\n"), "Unit", "After")).toEqual(["a.service"]);
  });

  it("keeps what was before the end of a file that stops in a continued line", () => {
    expect(valuesOf(parseUnit("[Unit]\nAfter=a.service \\"), "Unit", "After")).toEqual(["a.service"]);
  });

  it("passes over lines that are no assignment, and those without a key", () => {
    expect(parseUnit("nonsense\n[Unit]\n=value\n[\n").assignments).toEqual([]);
  });

  it("never throws, whatever a file holds", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("[]=\\\n\r \t#;aE\"'%@-")), maxLength: 60 }),
        (text) => {
          programsOf(parseUnit(`[Service]\nExecStart=${text}`));
        },
      ),
    );
  });
});

describe("valuesOf", () => {
  it("forgets what was before an empty assignment", () => {
    const unit = parseUnit("[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/b\n");
    expect(valuesOf(unit, "Service", "ExecStart")).toEqual(["/bin/b"]);
  });
});

describe("unitNamesOf", () => {
  it("splits lists over several lines", () => {
    expect(unitNamesOf(parseUnit("[Unit]\nWants=a.service  b.socket\nWants=c.path\n"), "Wants")).toEqual([
      "a.service",
      "b.socket",
      "c.path",
    ]);
  });
});

describe("programsOf", () => {
  it.each([
    ["a plain path", "/usr/bin/true", [["/usr/bin/true", false]]],
    ["one that may fail", "-/usr/bin/true", [["/usr/bin/true", true]]],
    [
      "one with another argv[0]",
      "@/usr/lib/systemd/systemd-shutdown systemd",
      [["/usr/lib/systemd/systemd-shutdown", false]],
    ],
    ["all prefixes", "-@:+!!/bin/a b", [["/bin/a", true]]],
    ["double quotes around spaces", '"/opt/my tools/run" x', [["/opt/my tools/run", false]]],
    ["single quotes", "'/opt/my tools/run'", [["/opt/my tools/run", false]]],
    ["a quoted prefix", '"-/bin/a" x', [["/bin/a", true]]],
    ["escapes", "/opt/my\\x20tools/run", [["/opt/my tools/run", false]]],
    [
      "several commands",
      "/bin/a x ; -/bin/b",
      [
        ["/bin/a", false],
        ["/bin/b", true],
      ],
    ],
    ["an escaped semicolon", "/bin/a \\; /bin/b", [["/bin/a", false]]],
    ["a quoted semicolon", '/bin/a ";" /bin/b', [["/bin/a", false]]],
    ["a name to be looked up", "systemd-tmpfiles --create", [["systemd-tmpfiles", false]]],
    ["a specifier in the program", "/bin/%i x", []],
    ["a specifier in an argument", "/bin/a %i", [["/bin/a", false]]],
    ["a percent sign", "/bin/100%%", [["/bin/100%", false]]],
  ])("understands %s", (_what, line, programs) => {
    const unit = parseUnit(`[Service]\nExecStart=${line}\n`);
    expect(programsOf(unit).map(({ program, mayFail }) => [program, mayFail])).toEqual(programs);
  });

  it("looks at every key that starts a program, of services and sockets", () => {
    const unit = parseUnit(
      "[Service]\nExecCondition=/a\nExecStopPost=/b\n[Socket]\nExecStopPre=/c\nExecStartPost=/d\n",
    );
    expect(programsOf(unit).map(({ program }) => program)).toEqual(["/a", "/b", "/d", "/c"]);
  });
});
