import type { CodeTable } from "../code-table.ts";

export const secretsCodes = {
  U900: {
    title: "a secret from nowhere, or from two places",
    explanation:
      "A secret comes from exactly one of `file` (a file beside the declaration or in the sysroot), `command` (what a program writes) and `credential` (an encrypted credential that the initrd decrypts).",
  },
  U901: {
    title: "a place in the boot for a secret that needs none",
    explanation:
      "A secret from a `file` or a `command` is in the image, and so in its place before anything begins. `before` is for a `credential`, which a step has to decrypt.",
  },
  U902: {
    title: "a command that gives no secret",
    explanation:
      "The program of `command` could not be started, ended with another status than 0, took longer than five minutes, or wrote nothing. It runs in the directory of the declaration, without a shell, with the environment and the terminal of the build; what it writes on its standard error is shown, what it writes on its standard output never is.",
  },
  U903: {
    title: "no encrypted credential",
    explanation:
      "The file of `credential` does not begin as one that systemd-creds(1) encrypted.\n\n```sh\nsystemd-creds encrypt --with-key=auto-initrd --name=NAME plain.txt NAME.cred\n```\n\nThe name must be that of the table, as it is part of what is encrypted.",
  },
  U904: {
    title: "a credential for the key of the host",
    explanation:
      "By default systemd-creds(1) encrypts with a key in `/var/lib/systemd`. That lies on the root, which is not there before the boot has found it. For the initrd take `--with-key=tpm2` (the machine's TPM), or `--with-key=auto-initrd` (the TPM if there is one, else no key).",
  },
  U905: {
    title: "a credential that anybody can decrypt",
    explanation:
      "The credential was made with no key, as `systemd-creds encrypt --with-key=auto-initrd` does on a machine without a TPM. It is as secret as the image that holds it.",
  },
  U910: {
    title: "an image with secrets that others can read",
    explanation:
      "The image was made readable by its owner only, but lies on a file system that keeps no permissions, such as the vfat of an EFI system partition. Mount it with `umask=0077` in fstab(5), or write the image elsewhere.",
  },
  U911: {
    title: "no such secret in the image",
    explanation:
      "`unitrd secrets replace` puts something new in the place of a secret that the image has: by the name of its table in the declaration, or by its path. `unitrd secrets list` shows them.",
  },
  U912: {
    title: "an image whose secrets cannot be replaced",
    explanation:
      "The image holds no secrets, was not made by unitrd, or what lies behind the layer of the secrets was added by something else. Build it again from its declaration.",
  },
  U913: {
    title: "a secret that cannot be read",
    explanation: "The file that shall become the secret is not there, is no regular file, or may not be read.",
  },
  U914: {
    title: "a replacement without a file",
    explanation:
      "Each word after the image is `NAME=FILE`: a secret by the name of its table or by its path, and the file that takes its place.",
  },
} as const satisfies CodeTable;
