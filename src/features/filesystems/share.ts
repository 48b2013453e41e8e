import type { Requirement } from "../../plan/requirement.ts";
import type { DeviceName } from "../../plan/resource.ts";
import type { DeclaredFilesystem } from "./declared.ts";

/** The name that a share has as a device, for units and messages; there is no such node. */
export function shareDevice(type: string, tag: string): DeviceName {
  return `/dev/unitrd/${type}/${tag}`;
}

/** Documentation/filesystems/9p.rst: without these mount(8) looks for a server on the network. */
export function shareOptions({ type }: DeclaredFilesystem, options: readonly string[]): readonly string[] {
  const has = (name: string): boolean => options.some((option) => option.startsWith(`${name}=`));
  if (type !== "9p") return options;
  return [...(has("trans") ? [] : ["trans=virtio"]), ...(has("version") ? [] : ["version=9p2000.L"]), ...options];
}

/**
 * udev tells systemd of a share when its driver is ready; before that a mount would find none of this tag. That of
 * virtiofs does not show tags everywhere (Linux 6.1 has none), so there the first share stands for all.
 */
export function shareTakes(type: string, tag: string): readonly Requirement[] {
  const match = type === "9p" ? `DRIVER=="9pnet_virtio", ATTR{mount_tag}=="${tag}"` : 'DRIVER=="virtiofs"';
  const alias = `TAG+="systemd", ENV{SYSTEMD_ALIAS}+="${shareDevice(type, tag)}"`;
  return [
    {
      is: "file",
      path: `/etc/udev/rules.d/90-unitrd-${type}-${tag}.rules`,
      mode: 0o644,
      content: `# Written by unitrd.\nSUBSYSTEM=="virtio", ACTION!="remove", ${match}, ${alias}\n`,
      why: `the share ${tag} as a device`,
    },
  ];
}
