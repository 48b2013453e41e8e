import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { secondsWord, type ScriptedRendering } from "../../stage-one/scripted/rendering.ts";
import type { DeclaredVerity } from "./declared.ts";

/** A call of veritysetup(8). */
export function scriptVerity(
  name: string,
  declared: DeclaredVerity,
  word: string | undefined,
  origin: Origin,
  target: Target,
): Verdict<ScriptedRendering> {
  if (!target.hasProgram("veritysetup")) {
    const hint = "on Debian it is in the package cryptsetup-bin";
    return { can: false, because: "the sysroot has no veritysetup", hint };
  }
  const { "on-corruption": reaction, "hash-offset": offset } = declared;
  return {
    can: true,
    rendering: {
      parts: ["device", "verity"],
      call: [
        "open_verity",
        name,
        declared["data-device"].spec,
        declared["hash-device"].spec,
        declared["fec-device"]?.spec ?? "",
        declared["root-hash"] ?? `${word}=`,
        secondsWord(declared["device-timeout"]),
        shortOrigin(origin),
        ...(reaction === "fail" ? [] : [`--${reaction}-on-corruption`]),
        ...(offset === undefined ? [] : [`--hash-offset=${offset}`]),
        ...declared.options.map((option) => `--${option}`),
      ],
      takes: [{ is: "program", name: "veritysetup", why: "verified devices" }],
    },
  };
}
