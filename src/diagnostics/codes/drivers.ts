import type { CodeTable } from "../code-table.ts";

/** What is found about drivers, firmware, swap, growth: U860 to U879. */
export const driversCodes = {
  U860: {
    title: "A file is no report of a machine",
    explanation:
      "`image.host` names the report of a machine, which `unitrd host` prints: a JSON object with `unitrd-host` and " +
      "`devices`. The file is something else, or was changed.\n\n" +
      "Make it again on the machine that the image is for: `unitrd host > host.json`.",
  },
  U861: {
    title: "The sysroot has no microcode for the processor",
    explanation:
      "`image.microcode` asks for updates of the processor, and the sysroot has none below " +
      "`/usr/lib/firmware/intel-ucode` or `amd-ucode`. It is a warning where the sysroot has microcode of the maker: a " +
      "new processor may need no update.\n\n" +
      "Install `intel-microcode` or `amd64-microcode` (on Debian in non-free-firmware), or set `microcode = false`.",
  },
  U862: {
    title: "A file of microcode is damaged",
    explanation:
      "A processor would refuse it: the header is of an unknown version, the file was cut short, or the sum over an " +
      "update is wrong.\n\n" +
      "Install the package that holds it again.",
  },
  U863: {
    title: "The processor of the machine is not known",
    explanation:
      '`microcode = "host"` takes the microcode of one processor, which the machine tells in ' +
      "`/sys/devices/system/cpu/modalias`. Processors other than x86 have none, and a report made in a container may lack it.\n\n" +
      'Make the report on the machine itself, or use `microcode = "all"`.',
  },
  U864: {
    title: "A machine without disks",
    explanation:
      'With `drivers = "host"` the image has the drivers of the devices that one machine has, and among these there is ' +
      "no disk. A container shows only some devices.\n\n" +
      'Make a report on the machine itself (`unitrd host > host.json`) and name it: `host = "host.json"`.',
  },
  U865: {
    title: "Firmware that drivers name is not in the sysroot",
    explanation:
      "A module says which files it may load into its devices, and the sysroot does not have all of them. A module names " +
      "the files of every device that it knows, so most are never asked for.\n\n" +
      "If a device does not work in the initrd, the kernel's log names the file. Install the package that holds it into " +
      "the sysroot (on Debian `apt-file search` finds it).",
  },
  U866: {
    title: "A report of a machine that nothing uses",
    explanation:
      '`image.host` says which machine `host` means, and neither `image.drivers` nor `image.microcode` says `"host"`.\n\n' +
      'Write `drivers = "host"`, or take `host` out.',
  },
  U867: {
    title: "A directory tells of no machine",
    explanation:
      "`unitrd host` reads `/sys`, or the directory that `--sys` names. It cannot be read, or it holds no device with a " +
      "driver: it is no `/sys`, or it belongs to a container that hides the machine.\n\n" +
      "Run it on the machine itself. A copy keeps links as they are: `devices`, `class` and `bus` belong to it.",
  },
} as const satisfies CodeTable;
