import { describe, expect, it } from "vitest";
import { moments } from "./moments.ts";

describe("moments", () => {
  it("come when their text is on the console, also one that was cut in two or shown before anyone asked", async () => {
    const console = moments();
    const seen: string[] = [];
    const early = console.reached({ when: "Please enter passphrase" }).then(() => seen.push("early"));
    console.hear("Please en");
    await Promise.resolve();
    expect(seen).toEqual([]);
    console.hear("ter\r\npassphrase for root:");
    await early;
    await console.reached({ when: "passphrase for root" });
    expect(seen).toEqual(["early"]);
  });

  it("wait their time, and never come once cancelled", async () => {
    const console = moments();
    await console.reached({ after: 0.01 });
    let came = false;
    void console.reached({ after: 0.02 }).then(() => (came = true));
    void console.reached({ when: "never" }).then(() => (came = true));
    console.cancel();
    console.hear("never");
    await new Promise((done) => setTimeout(done, 50));
    expect(came).toBe(false);
  });
});
