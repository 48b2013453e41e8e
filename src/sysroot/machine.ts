import { readElf, type Elf } from "./elf.ts";
import { resolve } from "./resolve.ts";
import type { Tree } from "./tree.ts";

/** A kind of machine as the dynamic loader tells them apart. */
export interface Machine {
  /** As uname(1) says on it: `x86_64`. */
  readonly name: string;
  readonly bits: 32 | 64;
  readonly endian: "little" | "big";
  /** e_machine of ELF. */
  readonly elf: number;
  /** Debian's name for its directories of libraries. */
  readonly multiarch: string;
  /** Where glibc's loader is said to be in every program. */
  readonly interpreter: string;
  /** What $PLATFORM stands for on the least of these machines. */
  readonly platform: string;
  /** Subdirectories of glibc-hwcaps, those that the most machines can use first. */
  readonly hwcaps: readonly string[];
}

/** The machine that an object is for; undefined for one that is not in our table. */
export function machineOf(elf: Pick<Elf, "bits" | "endian" | "machine">): Machine | undefined {
  return machines.find(
    (machine) => machine.elf === elf.machine && machine.bits === elf.bits && machine.endian === elf.endian,
  );
}

/** The machine that a tree's programs are for, told by the first of them that is an ELF file. */
export function treeMachine(tree: Tree): Machine | undefined {
  for (const path of witnesses) {
    const found = resolve(tree, path);
    if (!found.found || found.stat.type !== "file") continue;
    const reading = readElf(tree, found.path);
    const machine = reading.is === "elf" ? machineOf(reading.elf) : undefined;
    if (machine !== undefined) return machine;
  }
  return undefined;
}

const witnesses = [
  "/usr/lib/systemd/systemd",
  "/usr/bin/udevadm",
  "/usr/bin/kmod",
  "/bin/kmod",
  "/usr/bin/mount",
  "/bin/busybox",
  "/usr/bin/bash",
  "/bin/sh",
];

/** From glibc's sysdeps (shlib-versions, dl-hwcap) and Debian's multiarch tuples. */
const machines: readonly Machine[] = [
  {
    name: "x86_64",
    bits: 64,
    endian: "little",
    elf: 62,
    multiarch: "x86_64-linux-gnu",
    interpreter: "/lib64/ld-linux-x86-64.so.2",
    platform: "x86_64",
    hwcaps: ["x86-64-v2", "x86-64-v3", "x86-64-v4"],
  },
  {
    name: "i686",
    bits: 32,
    endian: "little",
    elf: 3,
    multiarch: "i386-linux-gnu",
    interpreter: "/lib/ld-linux.so.2",
    platform: "i686",
    hwcaps: [],
  },
  {
    name: "aarch64",
    bits: 64,
    endian: "little",
    elf: 183,
    multiarch: "aarch64-linux-gnu",
    interpreter: "/lib/ld-linux-aarch64.so.1",
    platform: "aarch64",
    hwcaps: [],
  },
  {
    name: "armv7l",
    bits: 32,
    endian: "little",
    elf: 40,
    multiarch: "arm-linux-gnueabihf",
    interpreter: "/lib/ld-linux-armhf.so.3",
    platform: "v7l",
    hwcaps: [],
  },
  {
    name: "ppc64le",
    bits: 64,
    endian: "little",
    elf: 21,
    multiarch: "powerpc64le-linux-gnu",
    interpreter: "/lib64/ld64.so.2",
    platform: "power8",
    hwcaps: ["power9", "power10"],
  },
  {
    name: "s390x",
    bits: 64,
    endian: "big",
    elf: 22,
    multiarch: "s390x-linux-gnu",
    interpreter: "/lib/ld64.so.1",
    platform: "z900",
    hwcaps: ["z13", "z14", "z15", "z16"],
  },
  {
    name: "riscv64",
    bits: 64,
    endian: "little",
    elf: 243,
    multiarch: "riscv64-linux-gnu",
    interpreter: "/lib/ld-linux-riscv64-lp64d.so.1",
    platform: "riscv64",
    hwcaps: [],
  },
  {
    name: "loongarch64",
    bits: 64,
    endian: "little",
    elf: 258,
    multiarch: "loongarch64-linux-gnu",
    interpreter: "/lib64/ld-linux-loongarch-lp64d.so.1",
    platform: "loongarch64",
    hwcaps: [],
  },
];
