import * as z from "zod";
import { text } from "../../config/schema.ts";
import { defineFeature } from "../feature.ts";

const key = text((name) =>
  /^[A-Za-z0-9_-]+([./][A-Za-z0-9_*-]+)+$/.test(name)
    ? undefined
    : 'a parameter is written as sysctl.d(5) does: "kernel.printk"',
);
const value = z.union([z.string().regex(/^[^\p{Cc}]*$/u, "a value is one line"), z.int(), z.boolean()]);

/** `[sysctl]`: kernel parameters set while the initrd runs. */
export const sysctl = defineFeature({
  schema: z
    .record(key, value)
    .prefault({})
    .meta({
      description: "Kernel parameters set at the start, sysctl.d(5).",
      keyName: "PARAMETER",
      example: { "kernel.printk": "4 4 1 7" },
    }),
  contribute(values, input) {
    const lines = Object.entries(values).map(([name, setting]) => `${name} = ${spelt(setting)}\n`);
    if (lines.length === 0) return {};
    const origin = input.originOf();
    const parameters = {
      is: "file",
      path: "/etc/sysctl.d/50-unitrd.conf",
      mode: 0o644,
      content: lines.join(""),
      why: "kernel parameters",
    } as const;
    return {
      steps: [
        {
          id: "sysctl:set",
          title: `set ${Object.keys(values).join(", ")}`,
          origin,
          needs: [],
          provides: [],
          takes: [],
          overrides: [],
          onFailure: "go-on",
          facts: Object.fromEntries(Object.entries(values).map(([name, setting]) => [name, spelt(setting)])),
          render: {
            systemd: () => ({
              can: true,
              rendering: {
                units: [],
                done: "systemd-sysctl.service",
                gates: [],
                takes: [{ is: "unit", name: "systemd-sysctl.service", why: "sets kernel parameters" }, parameters],
              },
            }),
            scripted: () => ({
              can: true,
              rendering: { parts: ["sysctl"], call: ["set_parameters", parameters.path], takes: [parameters] },
            }),
          },
        },
      ],
    };
  },
});

function spelt(setting: string | number | boolean): string {
  return typeof setting === "boolean" ? (setting ? "1" : "0") : String(setting);
}
