import type { CodeTable } from "../code-table.ts";

/** What is found while the sysroot is read: U300 to U349. */
export const sysrootCodes = {
  U300: {
    title: "A file that the image needs is not in the sysroot",
    explanation:
      "Something that the declaration asks for starts or copies a file of the sysroot, and the file is not there, or is " +
      "no program. The chain in the message says who asked for it.\n\n" +
      "Install the package that holds the file into the sysroot, or remove what asks for it from the declaration.",
  },
  U301: {
    title: "A library cannot be found",
    explanation:
      "A program of the image needs a shared library, and the dynamic loader would not find it: the program would not " +
      "start. The message says who asked for it, the hint where it was looked for. Libraries are searched as ld.so(8) " +
      "does, inside the sysroot: DT_RPATH, DT_RUNPATH, `/etc/ld.so.conf`, and the directories that are compiled into " +
      "the sysroot's loader. Libraries for another machine do not count.\n\n" +
      "Install the package with the library into the sysroot. If it is there in an unusual directory, name that " +
      "directory in the sysroot's `/etc/ld.so.conf.d`.",
  },
  U302: {
    title: "A link of the sysroot cannot be followed",
    explanation:
      "A path that the image needs leads over a symbolic link whose target climbs above the sysroot (`../../..`), or " +
      "over links in a loop. Links are followed as after chroot(2) into the sysroot; nothing outside of it is read.\n\n" +
      "Make the link right in the sysroot: `ln -sfn TARGET LINK`, with a target that is relative to the link's own " +
      "directory or absolute within the sysroot.",
  },
  U303: {
    title: "A program or library is damaged",
    explanation:
      "The file begins as an ELF object, but its headers point behind its end or contradict each other, so it cannot " +
      "be loaded. It was probably cut short when the sysroot was made. The message names the offset, in bytes.\n\n" +
      "Install the package that holds the file again. `readelf -a FILE` shows more.",
  },
  U304: {
    title: "The interpreter of a program is missing",
    explanation:
      "A program names the file that the kernel starts in its place: the dynamic loader of an ELF program, or what " +
      "stands behind `#!` in the first line of a script. That file is not in the sysroot or is no program, so starting " +
      "it would fail with “No such file or directory”.\n\n" +
      "Install the interpreter into the sysroot, or leave the program out.",
  },
  U305: {
    title: "A library that is opened at run time is missing",
    explanation:
      "A program says in its `.note.dlopen`, or unitrd knows, that it opens this library while it runs. If the program " +
      "cannot do without, this is an error; if it only loses a feature, a hint.\n\n" +
      "Install the library into the sysroot if the feature is wanted at boot. Otherwise nothing needs to be done.",
  },
  U306: {
    title: "A library exists only for newer processors",
    explanation:
      "The library is found only below a `glibc-hwcaps` directory. The loader uses it only on processors that have " +
      "those instructions; on any other the program would not start.\n\n" +
      "Install the plain variant of the library into the sysroot, unless every machine that boots this image is new " +
      "enough.",
  },
  U307: {
    title: "A file of the sysroot cannot be read",
    explanation:
      "The file is there, but reading it failed: most often because it belongs to another user and the build does not " +
      "run as root.\n\n" +
      "Make the file readable for the user who builds, or build with a copy of the sysroot that belongs to them.",
  },
  U308: {
    title: "A program is for another machine",
    explanation:
      "The programs of the image are not all for the same kind of machine, so some of them cannot start. The sysroot " +
      "probably mixes packages of two architectures.\n\n" +
      "Install the package of the right architecture.",
  },
  U310: {
    title: "An unknown user or group",
    explanation:
      "The image needs a user or group by name, and the sysroot has it neither in `/etc/passwd` or `/etc/group`, nor in " +
      "the sysusers.d(5) files.\n\n" +
      "Install the package that brings the account into the sysroot, or declare it under `[users]`.",
  },
  U311: {
    title: "An account of the sysroot is malformed",
    explanation:
      "A line of the sysroot's `/etc/passwd`, `/etc/group` or of a sysusers.d(5) file, for a name that the image needs, " +
      "is not what passwd(5), group(5) or sysusers.d(5) describe: a field is missing, an id is no number, or a name has " +
      "characters that would break the file. The line was left out.\n\n" +
      "Correct the line.",
  },
} as const satisfies CodeTable;
