import { formatKey, quote } from "../config/path.ts";
import type { Declaration } from "../compile/declaration.ts";

/**
 * A first scenario for a declaration: a disk that fits what it mounts and opens, and what must come true, each line
 * explained. A person then makes it say what their machine is like.
 */
export function newScenario(declaration: Declaration, sysroot: string): string {
  const { luks, filesystems } = declaration.value;
  const encrypted = Object.entries(luks);
  const root = filesystems["/"];
  const inside = encrypted.length > 0 && root?.device?.kind !== "partuuid" && root?.device?.kind !== "partlabel";
  const others = Object.entries(filesystems).filter(([path, { device }]) => path !== "/" && device !== undefined);
  return [
    "# A boot test: the world that machine.toml boots in, and what must come true. Run it with",
    "#   unitrd test .",
    "# What can stand here: docs/boot-testing.md",
    'description = "the machine boots"',
    `sysroot = ${quote(sysroot)}            # the tree that the image is made from`,
    'kernel = "newest"            # or a version, for a machine that boots another one',
    'limit = "120s"               # after so long the boot counts as stuck',
    "",
    "# A disk like that of the machine, made without root and kept in the cache. Its root reports and powers off.",
    "[[disk]]",
    'name = "main"',
    'size = "512M"',
    "",
    ...(inside ? luksLines(encrypted[0]?.[0] ?? "root", encrypted[0]?.[1].device) : []),
    inside ? "[disk.content.content]" : "[disk.content]",
    `type = ${quote(root?.type ?? "ext4")}`,
    ...tagLine(root?.device),
    'fill = "stage-two"',
    "",
    ...others.map(([path]) => `# ${path} needs a disk or partition of its own, or nofail.`),
    ...(inside ? ["[[type]]", 'when = "Please enter passphrase"', 'text = "correct horse"', ""] : []),
    "[expect]",
    'end = "hand-over"            # or emergency, time-out, panic',
    ...(inside ? [`mapping-count = ${encrypted.length}`] : []),
    "",
    '[expect.mounts."/"]',
    `type = ${quote(root?.type ?? "ext4")}`,
    ...(root === undefined || root.options.length === 0 ? [] : [`# options-include = ${JSON.stringify(root.options)}`]),
    "",
  ].join("\n");
}

type Device = NonNullable<Declaration["value"]["filesystems"][string]["device"]>;

function luksLines(name: string, device: Device | undefined): readonly string[] {
  return [
    `# luks.${formatKey(name)}`,
    "[disk.content]",
    'type = "luks"',
    ...tagLine(device),
    'keys = [{ passphrase = "correct horse" }]',
    "",
  ];
}

function tagLine(device: Device | undefined): readonly string[] {
  if (device?.kind === "uuid") return [`uuid = ${quote(device.value)}`];
  return device?.kind === "label" ? [`label = ${quote(device.value)}`] : [];
}
