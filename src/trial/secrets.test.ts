import { describe, expect, it } from "vitest";
import { secretsOf } from "./secrets.ts";

const secrets = secretsOf({
  credentials: {
    "cryptsetup.passphrase": { value: "correct horse", by: "smbios" },
    part: { value: "horse", by: "command-line" },
    lines: { value: "one secret\nand another", by: "fw-cfg" },
  },
});

describe("secretsOf", () => {
  it("takes values out of texts, whole before a part of them, encoded or line by line", () => {
    expect(secrets.text("it says correct horse")).toBe("it says <cryptsetup.passphrase>");
    expect(secrets.text("set_credential=part:horse")).toBe("set_credential=part:<part>");
    expect(secrets.text(Buffer.from("correct horse").toString("base64"))).toBe("<cryptsetup.passphrase>");
    expect(secrets.text("cat: and another")).toBe("cat: <lines>");
  });

  it("takes them out of what did not come true", () => {
    const failure = { path: ["shell"], expected: "horse", found: "a horse", near: ["no", "horses"] };
    expect(secrets.failure(failure)).toEqual({
      path: ["shell"],
      expected: "<part>",
      found: "a <part>",
      near: ["no", "<part>s"],
    });
  });
});
