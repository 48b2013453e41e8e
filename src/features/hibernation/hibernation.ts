import type { Requirement } from "../../plan/requirement.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { deviceNeed } from "../../steps/device-need.ts";
import { defineFeature, type Input } from "../feature.ts";
import { declared, type DeclaredHibernation } from "./declared.ts";
import { scriptResume } from "./scripted.ts";
import { renderResume } from "./systemd.ts";

export const hibernation = defineFeature({
  schema: declared.optional().meta({
    description:
      "Resuming a machine that was suspended to disk. Before that is decided, nothing is written to any disk.",
  }),
  contribute(value, input) {
    return value === undefined ? {} : { steps: [resumeStep(value, input)] };
  },
});

function resumeStep(value: DeclaredHibernation, input: Input): BootStep {
  const { spec } = value.resume;
  const origin = input.originOf("resume");
  const seconds = value["device-timeout"];
  return {
    id: "hibernation:resume",
    title: `resume from ${spec}, if the machine was suspended to it`,
    origin,
    needs: [deviceNeed(value.resume, origin, { seconds })],
    provides: [{ is: "milestone", name: "resume-decided" }],
    takes: compressions,
    overrides: [
      { word: "resume", effect: "replaces" },
      { word: "resume_offset", effect: "replaces" },
      { word: "noresume", effect: "replaces" },
    ],
    onFailure: "go-on",
    facts: { device: spec, ...(value.offset === undefined ? {} : { offset: value.offset }) },
    render: {
      systemd: (target) => renderResume(value, target),
      scripted: () => scriptResume(value, origin),
    },
  };
}

/** Since Linux 6.9 the image is unpacked by the kernel's crypto API, of which a kernel may have these as modules. */
const compressions: readonly Requirement[] = ["lzo", "lz4"].map((name) => ({
  is: "module",
  name,
  optional: true,
  why: "compressed images of memory",
}));
