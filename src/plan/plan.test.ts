import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findings, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { arbitrarySteps, bareStep, originAt, type BareBackends, type BareStep } from "../testing/arbitrary-steps.ts";
import { levels, longestChain } from "./levels.ts";
import { kindOf, makePlan, singleNeeds, type Plan } from "./plan.ts";
import { sameResource, type Need, type Resource } from "./resource.ts";

type BarePlan = Plan<BareBackends>;

describe("makePlan", () => {
  it("puts every step after all that it has an edge to", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (steps) => {
        const { plan } = planOf(steps);
        expect(new Set(plan?.steps)).toEqual(new Set(steps));
        const place = new Map(plan?.steps.map((step, index) => [step.id, index]));
        for (const edge of plan?.edges ?? []) {
          expect(place.get(edge.earlier)).toBeLessThan(place.get(edge.later) ?? -1);
        }
      }),
    );
  });

  it("has an edge for each need that a step satisfies, by whichever of its names", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (steps) => {
        const { plan } = planOf(steps);
        for (const step of steps) {
          for (const need of singleNeeds(step)) {
            const makers = steps.filter((one) => one !== step && makesOne(one, need.of));
            for (const maker of makers) {
              expect(plan?.edges).toContainEqual({
                earlier: maker.id,
                later: step.id,
                strength: need.strength,
                resource: need.of,
              });
            }
          }
        }
      }),
    );
  });

  it("leaves out what waits on demand, unless somebody asks for what it makes", () => {
    const online: Resource = { is: "network" };
    const link: Resource = { is: "network", link: "eth0" };
    const waiting = { ...bareStep({ id: "network:online", needs: [need(link)], provides: [online] }), onDemand: true };
    const below = { ...bareStep({ id: "network:eth0", provides: [link] }), onDemand: true };
    const alone = bareStep({ id: "mount:/" });
    expect(planOf([waiting, below, alone]).plan?.steps).toEqual([alone]);
    const user = bareStep({ id: "ssh:server", needs: [need(online)] });
    expect(planOf([waiting, below, user]).plan?.steps).toEqual([below, waiting, user]);
  });

  it("either orders steps or says why not, whatever they need", () => {
    fc.assert(
      fc.property(arbitrarySteps(), (steps) => {
        const { plan, found } = planOf(steps);
        if (plan !== undefined) {
          expect(found).toEqual([]);
          expect(plan.steps).toHaveLength(steps.length);
          return;
        }
        expect(found.map(({ code }) => code)).toEqual(found.map(() => found[0]?.code));
        expect(["U202", "U203"]).toContain(found[0]?.code);
      }),
    );
  });

  it("names a real circle, each step of it once", () => {
    fc.assert(
      fc.property(arbitrarySteps(), (steps) => {
        const cycle = planOf(steps).found.find(({ code }) => code === "U203");
        if (cycle === undefined) return;
        const ids = cycle.message.replace(/^.*: /, "").split(" → ");
        expect(ids[0]).toBe(ids.at(-1));
        expect(new Set(ids).size).toBe(ids.length - 1);
        expect(cycle.at).toHaveLength(ids.length - 1);
        for (const [index, id] of ids.slice(1).entries()) {
          const later = steps.find((step) => step.id === id);
          const earlier = steps.find((step) => step.id === ids[index]);
          if (later === undefined || earlier === undefined) expect.unreachable(`${id} is a step`);
          else expect(singleNeeds(later).some((need) => makesOne(earlier, need.of))).toBe(true);
        }
      }),
    );
  });

  it("orders the user of a found device after every maker of devices of another kind, unless that closes a circle", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (steps) => {
        const { plan } = planOf(steps);
        if (plan === undefined) return;
        const after = closure(plan);
        for (const user of steps.filter(usesFound)) {
          for (const maker of steps.filter((one) => kindOf(one) !== kindOf(user) && makesDevice(one))) {
            const ordered = after.get(maker.id)?.has(user.id) ?? false;
            const wouldCircle = after.get(user.id)?.has(maker.id) ?? false;
            expect(ordered || wouldCircle).toBe(true);
          }
        }
      }),
    );
  });

  it("takes any of a device's names, and those of its partitions, for the step that makes it", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}[0-9]?$/), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(names, fc.nat({ max: 3 }), fc.integer({ min: 1, max: 99 }), (words, index, number) => {
        const paths = words.map((word): `/dev/${string}` => `/dev/md/${word}`);
        const [first = "/dev/md/a", ...others] = paths;
        const chosen = paths[index % paths.length] ?? first;
        const part: `/dev/${string}` = `${chosen}${/\d$/.test(chosen) ? "p" : ""}${number}`;
        const array = bareStep({
          id: "raid:a",
          provides: [{ is: "device", names: [first, ...others], partitions: true }],
        });
        for (const wanted of [chosen, part]) {
          const edges = planOf([bareStep({ id: "mount:/", needs: [need(device(wanted))] }), array]).plan?.edges;
          expect(edges).toMatchObject([{ earlier: "raid:a", later: "mount:/", strength: "requires" }]);
        }
        expect(codesOf([bareStep({ id: "mount:/", needs: [need(device(`${chosen}x1`))] }), array])).toEqual(["U202"]);
      }),
    );
  });

  it("orders arrays below encryption and encryption below volume groups where they all look for their devices, in whatever order they are declared", () => {
    const makes = (path: `/dev/${string}`): Pick<BareStep, "provides"> => ({ provides: [device(path)] });
    const steps = [
      bareStep({ id: "lvm:vg0", finds: true, layer: 2, ...makes("/dev/vg0/a") }),
      bareStep({
        id: "luks:a",
        needs: [need(device("/dev/disk/by-uuid/a"), "either")],
        layer: 1,
        ...makes("/dev/mapper/a"),
      }),
      bareStep({ id: "raid:a", finds: true, layer: 0, ...makes("/dev/md/a") }),
      bareStep({ id: "mount:/", needs: [need(device("/dev/disk/by-uuid/b"), "either")] }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(steps, { minLength: 4 }), (shuffled) => {
        expect(planOf(shuffled).plan?.steps.map(({ id }) => id)).toEqual(["raid:a", "luks:a", "lvm:vg0", "mount:/"]);
      }),
    );
  });

  it("lets a name say that encryption lies on a volume, and an array on encryption", () => {
    const steps = [
      bareStep({ id: "raid:a", needs: [need(device("/dev/mapper/a"))], layer: 0, provides: [device("/dev/md/a")] }),
      bareStep({ id: "luks:a", needs: [need(device("/dev/vg0/a"))], layer: 1, provides: [device("/dev/mapper/a")] }),
      bareStep({ id: "lvm:vg0", finds: true, layer: 2, provides: [device("/dev/vg0/a")] }),
    ];
    expect(planOf(steps).plan?.steps.map(({ id }) => id)).toEqual(["lvm:vg0", "luks:a", "raid:a"]);
  });

  it("answers the same for the same steps", () => {
    fc.assert(
      fc.property(arbitrarySteps(), (steps) => {
        expect(planOf(steps)).toEqual(planOf(steps));
      }),
    );
  });

  it("does what works before what only waits, unless that comes after it", () => {
    const link: Resource = { is: "network", link: "eth0" };
    const waiting = { ...bareStep({ id: "network:eth0", provides: [link] }), isWaiting: true };
    const working = bareStep({ id: "mount:/" });
    const user = bareStep({ id: "mount:/home", needs: [need(link)] });
    expect(planOf([waiting, user, working]).plan?.steps).toEqual([working, waiting, user]);
  });

  it("keeps the declared order among steps that do not wait for each other", () => {
    const steps = ["mount:/c", "mount:/a", "mount:/b"].map((id) => bareStep({ id: `mount:${id.slice(6)}` }));
    expect(planOf(steps).plan?.steps.map(({ id }) => id)).toEqual(["mount:/c", "mount:/a", "mount:/b"]);
  });

  it("reports U200 at both places for two steps of one name", () => {
    const steps = [bareStep({ id: "luks:a" }, 0), bareStep({ id: "luks:a" }, 6)];
    const { plan, found } = planOf(steps);
    expect(plan).toBeUndefined();
    expect(found.map(({ code, at }) => [code, at.map(({ line }) => line)])).toEqual([["U200", [7, 1]]]);
  });

  it("reports U201 for two makers of one device by different names of it", () => {
    const steps = [
      bareStep({ id: "lvm:a", provides: [device("/dev/vg/root", "/dev/mapper/vg-root")] }),
      bareStep({ id: "luks:b", provides: [device("/dev/mapper/vg-root")] }),
    ];
    expect(codesOf(steps)).toEqual(["U201"]);
  });

  it.each<[string, Resource, RegExp]>([
    ["a mapping", device("/dev/mapper/root"), /declare luks\.root/],
    ["a mount", { is: "mount", path: "/usr" }, /declare filesystems\."\/usr"/],
    ["a secret", { is: "secret", name: "x" }, /declare what makes it/],
  ])("reports U202 with the remedy for %s that nothing makes", (_what, of, hint) => {
    const { found } = planOf([bareStep({ id: "mount:/", needs: [need(of)] })]);
    expect(found).toMatchObject([{ code: "U202", at: [{ line: 42 }] }]);
    expect(found[0]?.hint).toMatch(hint);
  });

  it("reports U203 once for steps that wait for each other, and what waits for them is not named", () => {
    const steps = [
      bareStep({ id: "mount:/late", needs: [need(device("/dev/mapper/a"))] }),
      bareStep({ id: "luks:a", provides: [device("/dev/mapper/a")], needs: [need(device("/dev/mapper/b"))] }),
      bareStep({ id: "luks:b", provides: [device("/dev/mapper/b")], needs: [need(device("/dev/mapper/a"))] }),
    ];
    const { plan, found } = planOf(steps);
    expect(plan).toBeUndefined();
    expect(found.map(({ code, message }) => [code, message])).toEqual([
      ["U203", "these steps wait for each other: luks:a → luks:b → luks:a"],
    ]);
  });

  it("does not make two mappings wait for each other when each may be found by its content", () => {
    const steps = ["a", "b"].map((name) =>
      bareStep({
        id: `luks:${name}`,
        provides: [device(`/dev/mapper/${name}`)],
        needs: [need(device(`/dev/disk/by-uuid/${name}`), "either")],
      }),
    );
    expect(planOf(steps).plan?.edges).toEqual([]);
  });

  it("plans 500 steps, each with a device that any of 250 others may make, within the time a person does not notice", () => {
    const luks = numbers(250).map((index) =>
      bareStep({
        id: `luks:${index}`,
        provides: [device(`/dev/mapper/${index}`)],
        needs: [need(device(`/dev/disk/by-uuid/l${index}`), "either")],
      }),
    );
    const mounts = numbers(250).map((index) =>
      bareStep({
        id: `mount:/${index}`,
        provides: [{ is: "mount", path: `/${index}` }],
        needs: [
          need(device(`/dev/disk/by-uuid/m${index}`), "either"),
          ...(index === 0 ? [] : [need({ is: "mount", path: `/${index - 1}` })]),
        ],
      }),
    );
    const begin = process.cpuUsage();
    const { plan } = planOf([...mounts, ...luks]);
    if (plan === undefined) return expect.unreachable("these steps can be ordered");
    expect(longestChain(plan)).toHaveLength(251);
    const used = process.cpuUsage(begin);
    expect(plan.edges).toHaveLength(250 * 250 + 249);
    // Milliseconds of this process; a plan of the quadratic kind takes minutes.
    expect((used.user + used.system) / 1000).toBeLessThan(2000);
  });

  it("finds a circle of 500 steps", () => {
    const steps = numbers(500).map((index) =>
      bareStep({
        id: `luks:${index}`,
        provides: [device(`/dev/mapper/${index}`)],
        needs: [need(device(`/dev/mapper/${(index + 1) % 500}`))],
      }),
    );
    const { found } = planOf(steps);
    expect(found.map(({ code }) => code)).toEqual(["U203"]);
    expect(found[0]?.at).toHaveLength(500);
  });
});

describe("levels", () => {
  it("puts each step exactly one level after the last step it waits for", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (steps) => {
        const { plan } = planOf(steps);
        if (plan === undefined) return;
        const levelOf = new Map(levels(plan).flatMap((level, index) => level.map((step) => [step.id, index])));
        expect(levelOf.size).toBe(steps.length);
        for (const step of plan.steps) {
          const before = plan.edges
            .filter((edge) => edge.later === step.id)
            .map((edge) => levelOf.get(edge.earlier) ?? -1);
          expect(levelOf.get(step.id)).toBe(Math.max(-1, ...before) + 1);
        }
      }),
    );
  });
});

describe("longestChain", () => {
  it("is as long as there are levels, and each step of it waits for the one before", () => {
    fc.assert(
      fc.property(arbitrarySteps({ forward: true }), (steps) => {
        const { plan } = planOf(steps);
        if (plan === undefined) return;
        const chain = longestChain(plan);
        expect(chain).toHaveLength(levels(plan).length);
        for (const [index, step] of chain.slice(1).entries()) {
          expect(plan.edges.some((edge) => edge.earlier === chain[index]?.id && edge.later === step.id)).toBe(true);
        }
      }),
    );
  });

  it("is empty for no steps", () => {
    expect(longestChain({ steps: [], edges: [] })).toEqual([]);
  });
});

function planOf(steps: readonly BareStep[]): { plan: BarePlan | undefined; found: readonly Diagnostic[] } {
  const { report, all } = findings();
  return { plan: makePlan(steps, report), found: all };
}

function codesOf(steps: readonly BareStep[]): readonly string[] {
  return planOf(steps).found.map(({ code }) => code);
}

function device(name: `/dev/${string}`, ...more: readonly `/dev/${string}`[]): Resource {
  return { is: "device", names: [name, ...more] };
}

function need(of: Resource, from: "step" | "either" = "step"): Need {
  return { is: "one", of, from, strength: "requires", origin: originAt(42) };
}

function makesOne(step: BareStep, wanted: Resource): boolean {
  return step.provides.some((resource) => sameResource(resource, wanted));
}

function makesDevice(step: BareStep): boolean {
  return step.provides.some((resource) => resource.is === "device");
}

function usesFound(step: BareStep): boolean {
  return singleNeeds(step).some((one) => one.of.is === "device" && one.from === "either");
}

/** For each step all that come after it. */
function closure(plan: BarePlan): ReadonlyMap<string, ReadonlySet<string>> {
  const after = new Map<string, Set<string>>();
  for (const step of plan.steps.toReversed()) {
    const direct = plan.edges.filter((edge) => edge.earlier === step.id).map((edge) => edge.later);
    after.set(step.id, new Set(direct.flatMap((id) => [id, ...(after.get(id) ?? [])])));
  }
  return after;
}

function numbers(count: number): readonly number[] {
  return [...Array(count).keys()];
}
