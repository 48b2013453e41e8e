import { sentences } from "../sentences.ts";

/** The sentences as functions of the script: `say_device_late DEVICE SECONDS ORIGIN`. */
export function sentencePart(): string {
  const { deviceLate, rootLate, rootMissing, rootReplaced, rootOptionsDropped, stepFailed, rebooting, locked } =
    sentences;
  return [
    saying("say_device_late", deviceLate("$1", "$2", "$3")),
    saying("say_root_late", rootLate("$1")),
    saying("say_root_missing", rootMissing()),
    saying("say_root_replaced", rootReplaced("$1", "$2")),
    saying("say_root_options_dropped", rootOptionsDropped("$1", "$2")),
    saying("say_step_failed", stepFailed("$1", "$2")),
    saying("say_rebooting", rebooting("$1")),
    saying("say_locked", locked()),
    "",
  ].join("\n");
}

function saying(name: string, sentence: string): string {
  return `${name}() { say "${sentence}"; }`;
}
