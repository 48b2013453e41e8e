import { shortOrigin, type Origin } from "../../diagnostics/diagnostic.ts";
import type { Requirement } from "../../plan/requirement.ts";
import type { Target, Verdict } from "../../plan/step.ts";
import { escapeUnitName, execLine, literal } from "../../stage-one/systemd/escape.ts";
import { messageUnit } from "../../stage-one/systemd/message.ts";
import type { SystemdRendering } from "../../stage-one/systemd/rendering.ts";
import { mappingTakes, mappingUnit } from "../../steps/mapping-unit.ts";
import type { DeclaredVerity } from "./declared.ts";

/** The unit that systemd-veritysetup-generator(8) would make of a line of veritytab(5), under the same name. */
export function renderVerity(
  name: string,
  declared: DeclaredVerity,
  word: string | undefined,
  origin: Origin,
  target: Target,
): Verdict<SystemdRendering> {
  if (!target.hasProgram("systemd-veritysetup")) {
    const hint = "on Debian 13 it is in the package systemd-cryptsetup";
    return { can: false, because: "the sysroot has no systemd-veritysetup", hint };
  }
  if (word !== undefined && !target.hasProgram("/bin/sh")) {
    const because = `the sysroot has no shell that finds ${word}= on the kernel command line`;
    return { can: false, because, hint: "declare `root-hash`" };
  }
  const program = target.programPath("systemd-veritysetup");
  const [data, hashes, fec] = [declared["data-device"], declared["hash-device"], declared["fec-device"]].map(
    (one) => one?.path ?? "",
  );
  const devices = [data, hashes, fec].flatMap((one) => (one === undefined || one === "" ? [] : [one]));
  const before = [program, "attach", name, data ?? "", hashes ?? ""];
  const after = options(declared);
  const path = `/etc/unitrd/verity/${name}`;
  const start = word === undefined ? execLine([...before, declared["root-hash"] ?? "", ...after]) : execLine([path]);
  const unit = mappingUnit({
    kind: "veritysetup",
    name,
    description: `Verification of ${declared["data-device"].spec} as ${name}`,
    devices: [...new Set(devices)],
    start,
    stop: execLine([program, "detach", name]),
  });
  const note = messageUnit(target, {
    name: `unitrd-verity-${escapeUnitName(name)}-note.service`,
    description: `Message about the verification of ${name}`,
    text: `${name} is verified: where the kernel says above that a block of it is corrupted, the disk does not hold what the root hash stands for (${shortOrigin(origin)})`,
    unit: [
      ["ConditionPathExists", literal(`/dev/mapper/${name}`)],
      ["Before", "emergency.service"],
    ],
    wantedBy: ["emergency.target"],
  });
  const script: readonly Requirement[] =
    word === undefined
      ? []
      : [
          { is: "program", name: "/bin/sh", why: `the root hash of ${word}=` },
          {
            is: "file",
            path,
            mode: 0o755,
            content: wordScript(word, execWords(before), execWords(after)),
            why: `the root hash of ${word}=`,
          },
        ];
  const takes = [...mappingTakes("veritysetup", "verified devices"), unreadableRule, ...script];
  return {
    can: true,
    rendering: { units: [unit, note], done: unit.name, gates: [unit.name], mustSucceed: true, takes },
  };
}

/**
 * 99-systemd.rules waits until an encrypted device holds something known, and takes this one for encrypted too: where its
 * first block is corrupted nobody would ever be told, and the boot would only end with the time-out of the device.
 */
const unreadableRule: Requirement = {
  is: "file",
  path: "/etc/udev/rules.d/99-unitrd-verity.rules",
  mode: 0o644,
  content: `SUBSYSTEM=="block", ACTION!="remove", ENV{DM_UUID}=="CRYPT-VERITY-*", ENV{DM_SUSPENDED}!="1", ENV{SYSTEMD_READY}="1"\n`,
  why: "verified devices that cannot be read",
};

function options(declared: DeclaredVerity): readonly string[] {
  const { "on-corruption": reaction, "hash-offset": offset, "fec-device": fec } = declared;
  const words = [
    ...(reaction === "fail" ? [] : [`${reaction}-on-corruption`]),
    ...(offset === undefined ? [] : [`hash-offset=${offset}`]),
    ...(fec === undefined ? [] : [`fec-device=${fec.path}`]),
    ...declared.options,
  ];
  return words.length === 0 ? [] : [words.join(",")];
}

/** systemd-veritysetup takes the root hash as an argument, which a unit cannot take from the kernel command line. */
function wordScript(word: string, before: string, after: string): string {
  return `#!/bin/sh
# Opens a verified device with the root hash of ${word}= on the kernel command line.
read -r line < /proc/cmdline
set -f
for part in $line; do
  case $part in
    ${word}=*) exec ${before} "\${part#${word}=}"${after === "" ? "" : ` ${after}`} ;;
  esac
done
echo "${word}= is not on the kernel command line" >&2
exit 1
`;
}

function execWords(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
