import type { Requirement } from "../../plan/requirement.ts";

export const noMountNfs = {
  can: false,
  because: "the sysroot has no mount.nfs",
  hint: "on Debian it is in the package nfs-common",
} as const;

const why = "NFS";

/** What mount(8) calls, under both of its names, and where it finds transports and ports. */
export const nfsTakes: readonly Requirement[] = [
  { is: "program", name: "mount.nfs", why },
  { is: "program", name: "mount.nfs4", optional: true, why },
  { is: "copy", path: "/etc/netconfig", optional: true, why },
  { is: "copy", path: "/etc/protocols", optional: true, why },
  { is: "copy", path: "/etc/services", optional: true, why },
];
