import * as z from "zod";
import { setOf, table } from "../../config/schema.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { defineFeature, type Input } from "../feature.ts";
import { findFont } from "./font.ts";
import { findKeymap } from "./keymap.ts";
import { scriptSetup } from "./scripted.ts";
import type { SetupFiles } from "./setup-files.ts";
import { renderAgent, renderSetup } from "./systemd.ts";

const plainName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/, "a name without directories, as in vconsole.conf(5)");

/** `[console]`: how a person types at the prompt. */
export const console = defineFeature({
  schema: table({
    keymap: plainName.optional().meta({
      description:
        "Keymap at the prompt, vconsole.conf(5), from the sysroot. Without it the kernel's own (US) map holds.",
      example: "de-latin1",
      instead: ["keyboard", "layout"],
    }),
    font: plainName.optional().meta({ description: "Console font from the sysroot.", example: "Lat15-Terminus16" }),
    devices: setOf(
      z
        .string()
        .regex(/^(tty|ttyS|ttyAMA|ttyUSB|hvc|xvc|sclp_line)[0-9]+$/, 'a terminal is named as below /dev: "ttyS0"'),
    )
      .default([])
      .meta({
        description: "Terminals on which pass phrases are asked. Default: those that the kernel uses as consoles.",
        example: ["tty0", "ttyS0"],
      }),
  })
    .prefault({})
    .meta({ description: "How a person types at the prompt." }),
  contribute(value, input) {
    const steps: BootStep[] = [];
    if (value.keymap !== undefined || value.font !== undefined) {
      const files = setupFiles(value.keymap, value.font, input);
      if (files !== undefined) steps.push(setupStep(value.keymap, value.font, files, input));
    }
    if (value.devices.length > 0) steps.push(agentStep(value.devices, input));
    return { steps };
  },
});

function setupFiles(keymap: string | undefined, font: string | undefined, input: Input): SetupFiles | undefined {
  const keys = keymap === undefined ? undefined : findKeymap(keymap, input);
  const glyphs = font === undefined ? undefined : findFont(font, input);
  if ((keymap !== undefined && keys === undefined) || (font !== undefined && glyphs === undefined)) return undefined;
  return {
    ...(keys === undefined ? {} : { keymap: keys.path }),
    ...(glyphs === undefined ? {} : { font: glyphs.path }),
    takes: [...(keys?.takes ?? []), ...(glyphs?.takes ?? [])],
  };
}

function setupStep(keymap: string | undefined, font: string | undefined, files: SetupFiles, input: Input): BootStep {
  return {
    id: "console:setup",
    title: [
      "set",
      ...(keymap === undefined ? [] : [`the keymap ${keymap}`]),
      ...(font === undefined ? [] : [`the font ${font}`]),
    ].join(" "),
    origin: input.originOf(),
    needs: [],
    provides: [{ is: "milestone", name: "console-ready" }],
    takes: files.takes,
    overrides: [],
    onFailure: "go-on",
    facts: { ...(keymap === undefined ? {} : { keymap }), ...(font === undefined ? {} : { font }) },
    render: {
      systemd: (target) => renderSetup(files, target),
      scripted: (target) => scriptSetup(files, target),
    },
  };
}

function agentStep(devices: readonly string[], input: Input): BootStep {
  return {
    id: "console:prompt",
    title: `ask for pass phrases on ${devices.join(", ")}`,
    origin: input.originOf("devices"),
    needs: [
      {
        is: "one",
        of: { is: "milestone", name: "console-ready" },
        from: "step",
        strength: "order",
        origin: input.originOf("devices"),
      },
    ],
    provides: [],
    takes: [],
    overrides: [],
    onFailure: "go-on",
    facts: { devices: devices.join(",") },
    render: {
      systemd: (target) => renderAgent(devices, target),
      scripted: () => ({
        can: false,
        because: "the script asks on /dev/console only",
        hint: "take console.devices out, and name the terminal last on the kernel command line: console=ttyS0",
      }),
    },
  };
}
