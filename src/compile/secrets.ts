import type { Requirement, Taken } from "../plan/requirement.ts";
import type { Target } from "../plan/step.ts";
import type { StageOneKind } from "../stage-one/stage-one.ts";
import { secretsIndex, type HeldSecret } from "../stage-one/secrets-index.ts";
import { wipeTakes } from "../stage-one/systemd/wipe.ts";

/** What the image holds that only the initrd may know, in byte order of the paths. */
export function heldSecrets(taken: readonly Taken[]): readonly HeldSecret[] {
  const held = taken.flatMap(({ requirement }): HeldSecret[] => {
    const isHeld = requirement.is === "secret" || (requirement.is === "file" && requirement.secret === true);
    if (!isHeld) return [];
    const { path, keepAs } = requirement;
    return [{ path, ...(keepAs === undefined ? {} : { keepAs }) }];
  });
  return held.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

/** What becomes of the secrets at the hand-over: a list for the script and for `unitrd secrets`, a unit for systemd. */
export function secretsTakes(held: readonly HeldSecret[], kind: StageOneKind, target: Target): readonly Taken[] {
  if (held.length === 0) return [];
  const requirements: readonly Requirement[] = [
    secretsIndex(held),
    ...(kind === "systemd" ? wipeTakes(held, target) : []),
  ];
  return requirements.map((requirement) => ({
    requirement,
    why: [{ what: "secrets are wiped at the hand-over" }, { what: requirement.why }],
  }));
}
