import type { CodeTable } from "../code-table.ts";

export const sshCodes = {
  U920: {
    title: "a line that is no public key of SSH",
    explanation:
      "A key is the line that `ssh-keygen` writes to a file that ends in `.pub`: its type, its Base64, and a comment. Options may stand before it, as in authorized_keys(5); with dropbear none that say more than `command=`, `from=` or `no-…`.\n\nThe SSH server of an initrd lets in whoever holds one of the keys, and nobody by a password.",
  },
  U921: {
    title: "nobody could log in",
    explanation:
      "`[ssh]` has neither `authorized-keys` nor `authorized-keys-files` with a key in them, so that the server would turn everybody away.",
  },
  U922: {
    title: "a host key was made",
    explanation:
      "A server proves by its host key who it is. There was none beside the declaration, so that one was made, once: keep the file, as it is what clients know the initrd by, and as secret as a pass phrase. The public half lies beside it.",
  },
  U923: {
    title: "the host key of the machine itself lies in the initrd",
    explanation:
      "Whoever has the disk can read the initrd, and with that key can pass for the machine. A key of its own costs nothing: leave `host-keys` out and one is made. Clients then know the initrd by another name, `HostKeyAlias` of ssh_config(5).",
  },
  U924: {
    title: "a host key that cannot be used",
    explanation:
      "It has to be a private key in OpenSSH's own format or in PEM, without a pass phrase; with dropbear one of the type ed25519.",
  },
  U925: {
    title: "an SSH server without a network",
    explanation:
      'Without `[network]` no link comes up, and nobody reaches the server. `links."*" = { dhcp = true }` is the shortest.',
  },
  U926: {
    title: "keys of `[ssh]` that exclude each other",
    explanation:
      "`command` is all that somebody who logs in gets to run, and `shell = true` gives a shell. Only one of them can be.",
  },
} as const satisfies CodeTable;
