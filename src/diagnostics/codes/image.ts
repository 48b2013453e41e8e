import type { CodeTable } from "../code-table.ts";

export const imageCodes = {
  U400: {
    title: "two things at one path of the image",
    explanation:
      "Two parts of the declaration, or a part of it and something that it needs, put different things at one path: files with different content or mode, or a file and a link. Which of the two the machine would see must not be luck, so neither wins. The message names both; leave one out, or write it to another path.",
  },
  U401: {
    title: "a path that cannot be in an image",
    explanation:
      'Paths in an image are absolute and canonical: UTF-8 without NUL, without `.`, `..` and doubled slashes, at most 4095 bytes long and 255 in each component. The kernel skips longer names without a word. A file of the sysroot whose name is not UTF-8 cannot be included; rename it.\n\nInstead of `path = "/etc/../hooks/run"` write `path = "/hooks/run"`.',
  },
  U402: {
    title: "a secret that is not kept secret",
    explanation:
      "A file that holds a key or a password is readable by root alone: mode `0600` or `0400`. Links, directories and devices hold no secret, and cannot be declared as one.",
  },
  U403: {
    title: "a file of 4 GiB or more",
    explanation:
      "The archive format that the kernel unpacks (cpio, newc) counts the bytes of a file in 32 bits. Leave the file in the real system, or on a disk that the initrd mounts.",
  },
  U404: {
    title: "a file below something that is no directory",
    explanation:
      "One entry of the image stands at a path that another needs as a directory: `/etc/keys` is a file, and `/etc/keys/root.key` is wanted too. Rename one of the two.",
  },
  U405: {
    title: "links that lead in a circle",
    explanation:
      "The path of a file leads through a link of the image that points back to itself, directly or through others, so that there is no place to put the file. Correct the target of the link, or put the file elsewhere.",
  },
  U406: {
    title: "a link to nowhere",
    explanation:
      "The target of a link is empty, longer than 4095 bytes, contains a NUL or is not UTF-8. The kernel would skip such a link without a word.",
  },
  U410: {
    title: "no directory for the output",
    explanation:
      "The directory in which a file is to be written does not exist, or is a file. Make it, or write elsewhere.",
  },
  U411: {
    title: "the output is no file",
    explanation:
      "Where a file is to be written there is a directory or a device. An image is written beside its place and renamed when it is whole, which works only for regular files; `-o /dev/stdout` does not.",
  },
  U412: {
    title: "no permission to write the output",
    explanation:
      "The new image is written beside the old one, so the directory must be writable, not only the file in it. Nothing has been changed.",
  },
  U413: {
    title: "no space for the output",
    explanation:
      "The new image is written in full before the old one goes, so there must be room for both. The old image is whole. Make room, or write to another file system with `-o` and move the image.",
  },
  U414: {
    title: "the output could not be written",
    explanation: "The file system refused the file for the reason in the message. The old file, if any, is whole.",
  },
  U420: {
    title: "a program is missing on this machine",
    explanation:
      'Compressing and decompressing is the work of the usual programs: `zstd`, `xz` (Debian package `xz-utils`), `lz4`, `bzip2`. Install the one that the message names, or choose another compression: `compression = "gzip"` and `"none"` need no program.',
  },
  U421: {
    title: "the compressor failed",
    explanation:
      "The program that compresses the image ended with an error, which the message repeats. Nothing has been written.",
  },
  U422: {
    title: "the cache is not used",
    explanation:
      "Compressed layers are kept in `$UNITRD_CACHE`, or `unitrd` in `$XDG_CACHE_HOME` or `~/.cache`. What lies there becomes part of images, so it must be a directory of the user who builds, in which nobody else may write. Builds work without it, more slowly.",
  },
  U430: {
    title: "not an initrd",
    explanation:
      "The file begins with no cpio archive and no compression that the kernel knows. A unified kernel image (`.efi`) contains an initrd but is none: extract it with `objcopy -O binary -j .initrd`. The old cpio formats (binary, `odc`) cannot be unpacked by the kernel either.",
  },
  U431: {
    title: "an initrd that is cut short",
    explanation:
      "The file ends in the middle of an archive: a download or a copy broke off, or a disk was full. The kernel would stop unpacking at this point.",
  },
  U432: {
    title: "something unknown behind an archive",
    explanation:
      "After an archive of the image there is something that is neither zeros, nor another archive, nor compressed data. The kernel stops there (`invalid magic at start of compressed archive`), and so do we.",
  },
  U433: {
    title: "a damaged initrd",
    explanation:
      "Compressed data does not unpack, or an archive contains a header that makes no sense. What comes before it is still shown. Build the image again.",
  },
  U434: {
    title: "the initrd cannot be read",
    explanation: "The file does not exist, is no regular file, or may not be read, for the reason in the message.",
  },
  U435: {
    title: "an initrd that unpacks to too much",
    explanation:
      "A compressed part of the image is larger unpacked than any machine would boot with. The file is damaged, or was made to fill the memory of whoever looks at it.",
  },
  U436: {
    title: "an entry that the kernel skips",
    explanation:
      "An archive contains an entry that leaves no trace after unpacking: its directory is not in the image, something in its place cannot be removed, or its name is too long. The kernel says nothing about it.",
  },
  U440: {
    title: "an entry that was not extracted",
    explanation:
      "Extracting never writes outside of the directory that was named. An entry whose name contains `..`, or that would be written through a link, is left out.",
  },
  U441: {
    title: "a device node that was not extracted",
    explanation:
      "Only root may make device nodes (mknod(2)). Everything else was extracted; run as root to have them too.",
  },
  U442: {
    title: "no place to extract to",
    explanation:
      "The directory to extract to cannot be made or is not empty. Name a new one: what is in it would otherwise be mixed with the files of the image.",
  },
} as const satisfies CodeTable;
