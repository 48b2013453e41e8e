import * as z from "zod";
import { moduleName, setOf, table } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { defineFeature, type Input } from "../feature.ts";

const moduleOption = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+(=[^\p{Cc}]*)?$/u, 'an option is written as modprobe.d(5) does, name=value: "nested=1"')
  .refine(isOneOption, "white space in the value of an option stands in double quotes, and no backslash at its end");

/** `[modules]`: kernel modules besides those that other tables imply. */
export const modules = defineFeature({
  schema: table({
    available: setOf(moduleName)
      .default([])
      .meta({
        description: "Modules that are in the image and are loaded when a device asks for them.",
        example: ["nvme"],
      }),
    load: setOf(moduleName)
      .default([])
      .meta({
        description: "Modules that are in the image and are loaded at the start, modules-load.d(5).",
        example: ["virtio_gpu"],
      }),
    deny: setOf(moduleName)
      .default([])
      .meta({
        description: "Modules that no device may load by its alias: `blacklist` of modprobe.d(5).",
        example: ["nouveau"],
      }),
    options: z
      .record(moduleName, setOf(moduleOption))
      .default({})
      .meta({
        description: "Options by module, as after `options NAME` in modprobe.d(5).",
        example: { kvm_amd: ["nested=1"] },
      }),
  })
    .prefault({})
    .meta({ description: "Kernel modules besides those that other tables imply." }),
  contribute(value, input) {
    const denied = new Set(value.deny.map(normalized));
    for (const [list, names] of Object.entries({ available: value.available, load: value.load })) {
      names.forEach((name, index) => {
        if (denied.has(normalized(name))) reportDenied(name, input, list, index, value.deny.map(normalized));
      });
    }
    // That a wanted module is denied is said already.
    const wanted = new Set([...value.available, ...value.load].map(normalized));
    const modprobe = [
      ...value.deny.map((name) => `blacklist ${name}\n`),
      ...Object.entries(value.options).map(([name, options]) => `options ${name} ${options.join(" ")}\n`),
    ].join("");
    return {
      steps: value.load.map((name, index) => loadStep(name, input, index)),
      takes: [
        ...value.available.map((name, index) => ({
          requirement: { is: "module", name, why: `module ${name}` } satisfies Requirement,
          why: [{ what: "modules.available", origin: input.originOf("available", index) }],
        })),
        ...value.deny.flatMap((name, index) =>
          wanted.has(normalized(name))
            ? []
            : [
                {
                  requirement: { is: "no-module", name, why: `${name} is denied` } satisfies Requirement,
                  why: [{ what: "modules.deny", origin: input.originOf("deny", index) }],
                },
              ],
        ),
        ...(modprobe === ""
          ? []
          : [
              {
                requirement: {
                  is: "file",
                  path: "/etc/modprobe.d/unitrd.conf",
                  mode: 0o644,
                  content: modprobe,
                  why: "options and refusals of modules",
                } satisfies Requirement,
                why: [{ what: "modules", origin: input.originOf() }],
              },
            ]),
      ],
    };
  },
});

/** modprobe.d(5) joins a line that ends in a backslash to the next; the kernel splits options at white space. */
function isOneOption(option: string): boolean {
  return /^(?:[^\s"\\]|\\(?!$)|"[^"]*")*$/.test(option);
}

function normalized(name: string): string {
  return name.replaceAll("-", "_");
}

function reportDenied(name: string, input: Input, list: string, index: number, denied: readonly string[]): void {
  input.report({
    code: "U110",
    severity: "error",
    message: `the module ${name} is both wanted and denied`,
    hint: "take it out of one of the two lists",
    at: [input.originOf(list, index), input.originOf("deny", denied.indexOf(normalized(name)))],
  });
}

function loadStep(name: string, input: Input, index: number): BootStep {
  const origin = input.originOf("load", index);
  return {
    id: `module:${name}`,
    title: `load the module ${name}`,
    origin,
    needs: [],
    provides: [],
    takes: [{ is: "module", name, why: `module ${name}` }],
    overrides: [],
    onFailure: "go-on",
    facts: { module: name },
    render: {
      systemd: () => ({
        can: true,
        rendering: {
          units: [],
          done: "systemd-modules-load.service",
          gates: [],
          takes: [
            {
              is: "file",
              path: `/etc/modules-load.d/${name}.conf`,
              mode: 0o644,
              content: `${name}\n`,
              why: `systemd-modules-load.service loads ${name}`,
            },
            { is: "program", name: "/usr/lib/systemd/systemd-modules-load", why: "loads modules" },
          ],
        },
      }),
      scripted: () => ({ can: true, rendering: { parts: ["module"], call: ["load_module", name], takes: [] } }),
    },
  };
}
