import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUnit } from "./unit-file.ts";
import { fitsLine, unitText, withAssignments, type Unit } from "./unit.ts";

const unit: Unit = {
  name: "a.service",
  place: "local",
  sections: [
    {
      name: "Unit",
      assignments: [
        ["Description", "A"],
        ["After", "a.target b.target"],
      ],
    },
  ],
};

describe("unitText", () => {
  it("is read back as it was written, whatever fits a line", () => {
    const value = fc
      .string({ unit: fc.constantFrom(...Array.from("ab \t\\%$;#\"'=[]é€")), maxLength: 20 })
      .filter(fitsLine);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("What", "Options", "Description"), value)), (assignments) => {
        const text = unitText({ sections: [{ name: "Mount", assignments }] }, ["Written by a test."]);
        expect(parseUnit(text).assignments.map(({ key, value }) => [key, value])).toEqual(assignments);
      }),
    );
  });

  it.each(["a\nb", "a\rb", "a\0b", "a\\", " a", "a\t"])("refuses a value that would not stay itself: %j", (value) => {
    expect(fitsLine(value)).toBe(false);
    expect(() => unitText({ sections: [{ name: "Unit", assignments: [["Description", value]] }] })).toThrow(
      "does not fit a line",
    );
  });

  it("lets no heading out of its comment", () => {
    const text = unitText(unit, ["a\nb\r[Service]\rExecStart=/bin/sh"]);
    expect(text.split(/[\n\r]/)[0]).toBe("# a b [Service] ExecStart=/bin/sh");
  });

  it("is a person's own text where there is one", () => {
    expect(unitText({ sections: [], text: "[Unit]\n" }, ["heading"])).toBe("[Unit]\n");
  });

  it("leaves out sections without assignments", () => {
    expect(unitText({ sections: [{ name: "Unit", assignments: [] }] })).toBe("");
  });
});

describe("withAssignments", () => {
  it("unites lists of units and appends the rest", () => {
    const more = withAssignments(unit, "Unit", [
      ["After", "b.target c.target"],
      ["Requires", "c.target"],
      ["ConditionPathExists", "/a"],
      ["ConditionPathExists", "/b"],
    ]);
    expect(more.sections[0]?.assignments).toEqual([
      ["Description", "A"],
      ["After", "a.target b.target c.target"],
      ["Requires", "c.target"],
      ["ConditionPathExists", "/a"],
      ["ConditionPathExists", "/b"],
    ]);
  });

  it("makes a section that is not there", () => {
    expect(withAssignments(unit, "Service", [["Type", "oneshot"]]).sections).toHaveLength(2);
  });

  it("leaves a person's own text alone", () => {
    const own: Unit = { ...unit, sections: [], text: "[Unit]\n" };
    expect(withAssignments(own, "Unit", [["After", "x"]])).toBe(own);
  });
});
