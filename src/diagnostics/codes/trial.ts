import type { CodeTable } from "../code-table.ts";

export const trialCodes = {
  U675: {
    title: "A boot that was only to be compared did not meet its scenario",
    explanation: `\`unitrd diff FOLDER --boot\` boots a scenario with both stage ones and compares what they lead to. Something that the scenario itself expects did not come true with one of them; \`unitrd test FOLDER --stage-one both\` tells all of it.`,
  },
  U680: {
    title: "QEMU died, and the scenario was run again",
    explanation: `The machine itself broke, not what ran in it: QEMU crashed, was killed, or damaged the guest's code, which its emulation does now and then. Nothing is known about the image from such a run, so the scenario ran a second time.`,
  },
  U681: {
    title: "A tree that a scenario names is not there",
    explanation: `\`sysroot\` of a scenario is \`bookworm\`, \`trixie\`, or a directory, seen from the scenario's folder. The tests find the trees by these names in \`UNITRD_TREE_BOOKWORM\` and \`UNITRD_TREE_TRIXIE\`, which \`scripts/test\` sets.

\`\`\`sh
export UNITRD_TREE_TRIXIE=$(scripts/fetch tree trixie)
\`\`\``,
  },
  U682: {
    title: "The tree has no kernel of the flavour that a scenario asks for",
    explanation: `\`kernel = "cloud"\` takes the kernel whose version holds \`-cloud-\`, \`kernel = "generic"\` one whose version does not. It must have its modules in \`/usr/lib/modules\` and its image in \`/boot\`.`,
  },
  U683: {
    title: "A file of a scenario cannot be read or written",
    explanation: `A scenario is a folder with \`scenario.toml\` and the declaration that it names, by default \`machine.toml\`. Both, and what the declaration names, are copied to a private directory before the build.`,
  },
  U684: {
    title: "A disk image that a scenario copies is not there",
    explanation: `\`image = "userland:trixie"\` is the image in \`UNITRD_USERLAND_TRIXIE\`, which \`scripts/fetch userland trixie\` makes and \`scripts/test\` sets.`,
  },
  U685: {
    title: "A folder without a scenario",
    explanation: `\`unitrd test\` looks for \`scenario.toml\` in the folders it is given and, when there is none, below them. \`unitrd test --new FOLDER\` writes a first one beside the \`machine.toml\` of a folder.`,
  },
  U686: {
    title: "A scenario that is there already",
    explanation: `\`unitrd test --new\` does not overwrite what a person may have written.`,
  },
  U687: {
    title: "A client wants a port that is not forwarded",
    explanation: `\`{port}\` in the command of a \`[[client]]\` stands for a port of 127.0.0.1 that leads to the first forwarded port of the guest, \`{port:22}\` for the one that leads to its port 22. Each must be forwarded by a network card.

\`\`\`toml
[[nic]]
forward = [22]

[[client]]
when = "Please enter passphrase"
command = ["ssh", "-p", "{port:22}", "root@127.0.0.1"]
\`\`\``,
  },
  U688: {
    title: "A network card cannot be as it is declared",
    explanation: `The address lies in the subnet; no two cards share a MAC address; each port is forwarded once; a server has an address of its own in the subnet, which the gateway (2) and the name server (3) have not; \`e1000e\` needs a PCI bus, which a microvm has not.`,
  },
  U689: {
    title: "A disk cannot have this fault",
    explanation: `\`[fault.NAME]\` is about the disk NAME of the same scenario. Its bad sectors lie on it, lower before higher, at most 4096 of them; it returns only when it leaves; and nothing is plugged into a microvm.

\`\`\`toml
[fault.main]
arrives = { when = "Expecting device", after = "2s" }
bad-sectors = ["2048-2055"]
\`\`\``,
  },
  U690: {
    title: "A power cut and the expected end do not agree",
    explanation: `What such a boot would have come to is not known, so \`power-cut\` and \`expect.end = "power-cut"\` stand together. When the moment of the cut does not come, the boot ends in another way and the test fails.`,
  },
  U691: {
    title: "swtpm is not installed",
    explanation: `A scenario with \`tpm = true\` gives its machine a TPM 2.0 that swtpm(8) emulates. On Debian: \`apt install swtpm\`.`,
  },
  U692: {
    title: "OVMF is not installed",
    explanation: `A scenario with \`vm.firmware = "uefi"\` starts its machine with the firmware OVMF. On Debian: \`apt install ovmf\`.`,
  },
  U693: {
    title: "A text that something was to happen at never appeared",
    explanation: `A disk was to be plugged in, a cable to be put in, or the power to be cut when a text appears on the console, and it never did. White space does not count. The console that is kept of a failed boot shows what was there instead: compare the words with \`when\`.`,
  },
  U694: {
    title: "A credential cannot be handed over this way",
    explanation: `A microvm has no SMBIOS; on the kernel command line a value has no blanks and no quotes. With \`by = "fw-cfg"\` the guest needs the module \`qemu_fw_cfg\`.`,
  },
  U695: {
    title: "A microvm has no firmware to choose and no TPM",
    explanation: `Say \`vm.type = "q35"\` for a machine with UEFI or a TPM.`,
  },
  U696: {
    title: "The state of a disk is expected that does not exist",
    explanation: `\`expect.disks\` names disks of the same scenario: \`main\` for what lies on the whole disk, \`"main:2"\` for its second partition.`,
  },
  U698: {
    title: "The program of a server is not on this machine",
    explanation: `A \`server\` of a \`[[nic]]\` is a program of this machine that is run for each connection of the guest. One in the scenario's folder is named with a slash: \`./serve\`.`,
  },
  U840: {
    title: "virtiofsd is not installed",
    explanation: `A scenario with \`by = "virtiofs"\` shares a directory that virtiofsd(1) serves, as root. On Debian 12 it is part of qemu-system-common, later of the package virtiofsd.`,
  },
} as const satisfies CodeTable;
