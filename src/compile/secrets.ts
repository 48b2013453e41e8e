import type { Requirement, Taken } from "../plan/requirement.ts";
import type { Target } from "../plan/step.ts";
import { secretsIndex, type HeldSecret } from "../stage-one/secrets-index.ts";
import type { StageOne } from "../stage-one/stage-one.ts";
import { secretsStep, wipeTakes, wipeUnit } from "../stage-one/systemd/wipe.ts";

/**
 * The stage one with what becomes of the secrets at its end: a list for the script and for `unitrd secrets`, a unit for
 * systemd. `takes` is what the declaration wants in the image whatever the stage one.
 */
export function withSecrets(stage: StageOne, takes: readonly Taken[], target: Target): StageOne {
  const held = heldSecrets([...takes, ...stage.takes]);
  if (held.length === 0) return stage;
  const unit = stage.kind === "systemd" ? wipeUnit(held, target) : undefined;
  const requirements = [secretsIndex(held), ...(unit === undefined ? [] : wipeTakes(unit, held))];
  return {
    ...stage,
    units: unit === undefined ? stage.units : [...stage.units, { unit, step: secretsStep }],
    takes: [...stage.takes, ...requirements.map(takenFor)],
  };
}

/** What the image holds that only the initrd may know, in byte order of the paths. */
function heldSecrets(taken: readonly Taken[]): readonly HeldSecret[] {
  const held = taken.flatMap(({ requirement }): HeldSecret[] => {
    const isHeld = requirement.is === "secret" || (requirement.is === "file" && requirement.secret === true);
    if (!isHeld) return [];
    const { path, keepAs } = requirement;
    return [{ path, ...(keepAs === undefined ? {} : { keepAs }) }];
  });
  return held.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function takenFor(requirement: Requirement): Taken {
  return { requirement, why: [{ what: "secrets are wiped at the hand-over" }, { what: requirement.why }] };
}
