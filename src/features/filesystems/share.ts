import type { Requirement } from "../../plan/requirement.ts";
import type { DeviceName } from "../../plan/resource.ts";

/** The name that a share has as a device, for units and messages; there is no such node. */
export function shareDevice(tag: string): DeviceName {
  return `/dev/unitrd/9p/${tag}`;
}

/** Documentation/filesystems/9p.rst: without these mount(8) looks for a server on the network. */
export function shareOptions(declared: readonly string[]): readonly string[] {
  const has = (name: string): boolean => declared.some((option) => option.startsWith(`${name}=`));
  return [...(has("trans") ? [] : ["trans=virtio"]), ...(has("version") ? [] : ["version=9p2000.L"]), ...declared];
}

/** udev tells systemd of a share when its driver is ready; before that a mount would find none of this tag. */
export function shareTakes(tag: string): readonly Requirement[] {
  const match = `SUBSYSTEM=="virtio", ACTION!="remove", DRIVER=="9pnet_virtio", ATTR{mount_tag}=="${tag}"`;
  return [
    {
      is: "file",
      path: `/etc/udev/rules.d/90-unitrd-9p-${tag}.rules`,
      mode: 0o644,
      content: `# Written by unitrd.\n${match}, TAG+="systemd", ENV{SYSTEMD_ALIAS}+="${shareDevice(tag)}"\n`,
      why: `the share ${tag} as a device`,
    },
  ];
}
