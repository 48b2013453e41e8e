import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scriptLine } from "./script.ts";

const line = (text: string) => scriptLine(Buffer.from(text));

describe("scriptLine", () => {
  it("names the interpreter, with or without blanks and options", () => {
    for (const text of ["#!/bin/sh", "#!/bin/sh -e\nx", "#! \t/bin/sh\t-e", "#!/bin/sh\n"]) {
      expect(line(text)).toEqual({ is: "program", path: "/bin/sh" });
    }
  });

  it.each([
    ["#!/usr/bin/env python3", "python3"],
    ["#!/usr/bin/env -S python3 -u", "python3"],
    ["#!/usr/bin/env -vS A=1 B=2 python3", "python3"],
    ["#!/usr/bin/env -S -u HOME -i python3", "python3"],
    ["#!/usr/bin/env --split-string=python3 -u", "python3"],
    ["#!/usr/bin/env -S '/opt/python3' x", "/opt/python3"],
    // Without -S the kernel hands over one word, blank and all.
    ["#!/usr/bin/env python3 -u", "python3 -u"],
    ["#!/usr/bin/env", undefined],
    ["#!/usr/bin/env -i", undefined],
  ])("sees through %s", (text, program) => {
    expect(line(text)).toEqual({ is: "env", path: "/usr/bin/env", program });
  });

  it("is undefined for what is no script", () => {
    for (const text of ["", "#", "#!", "#!\n/bin/sh", " #!/bin/sh", "\x7fELF"]) expect(line(text)).toBeUndefined();
  });

  it("looks at the first 256 bytes only, whatever they are", () => {
    expect(line(`#!${" ".repeat(300)}/bin/sh`)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const found = scriptLine(Buffer.concat([Buffer.from("#!"), bytes]));
        return found?.path !== "";
      }),
    );
  });
});
