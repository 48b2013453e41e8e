import { namedTables } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { BootStep } from "../../stage-one/backends.ts";
import { deviceNeed } from "../../steps/device-need.ts";
import { mappingName } from "../../steps/mapping-name.ts";
import { defineFeature, type Input } from "../feature.ts";
import { device, hashWord, type DeclaredVerity } from "./declared.ts";
import { scriptVerity } from "./scripted.ts";
import { renderVerity } from "./systemd.ts";

/** `[verity.NAME]`: devices whose blocks are verified by dm-verity, opened as /dev/mapper/NAME. */
export const verity = defineFeature({
  schema: namedTables(mappingName, device)
    .prefault({})
    .meta({ description: "A device whose every block is verified when it is read, opened as `/dev/mapper/NAME`." }),
  contribute(value, input) {
    return { steps: Object.entries(value).flatMap(([name, declared]) => openStep(name, declared, input)) };
  },
});

function openStep(name: string, declared: DeclaredVerity, input: Input): BootStep[] {
  const origin = input.originOf(name);
  const word = declared["root-hash"] === undefined ? hashWord(name) : undefined;
  if (declared["root-hash"] === undefined && word === undefined) {
    input.report({
      code: "U820",
      severity: "error",
      message: `${origin.path} has no root hash, and no word of the kernel command line gives one`,
      hint: "declare `root-hash`; only verity.root and verity.usr can take it from roothash= and usrhash=",
      at: [origin],
    });
    return [];
  }
  const seconds = declared["device-timeout"];
  const devices = (["data-device", "hash-device", "fec-device"] as const).flatMap((key) => {
    const spec = declared[key];
    return spec === undefined ? [] : [deviceNeed(spec, input.originOf(name, key), { seconds })];
  });
  const first = new Map(devices.map((need) => [JSON.stringify(need.of), need] as const));
  return [
    {
      id: `verity:${name}`,
      title: `verify ${declared["data-device"].spec} as /dev/mapper/${name}`,
      origin,
      needs: [...first.values()],
      layer: 3,
      provides: [{ is: "device", names: [`/dev/mapper/${name}`, `/dev/disk/by-id/dm-name-${name}`] }],
      takes: modules(declared),
      overrides: word === undefined ? [] : [{ word, effect: "replaces" }],
      onFailure: "stop",
      facts: {
        data: declared["data-device"].spec,
        hashes: declared["hash-device"].spec,
        "root-hash": declared["root-hash"] ?? `${word}=`,
        "on-corruption": declared["on-corruption"],
        "read-only": true,
      },
      render: {
        systemd: (target) => renderVerity(name, declared, word, origin, target),
        scripted: (target) => scriptVerity(name, declared, word, origin, target),
      },
    },
  ];
}

function modules(declared: DeclaredVerity): readonly Requirement[] {
  const algorithm = declared["hash-algorithm"];
  return [
    { is: "module", name: "dm_mod", why: "device mapper" },
    { is: "module", name: "dm_verity", why: "verification" },
    { is: "module", name: `crypto-${algorithm}`, why: `hashes by ${algorithm}` },
  ];
}
