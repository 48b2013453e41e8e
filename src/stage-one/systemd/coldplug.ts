import type { Requirement, Taken } from "../../plan/requirement.ts";
import type { Target } from "../../plan/step.ts";
import { execLine } from "./escape.ts";

/**
 * How devices that are there before udev get their events. systemd-udev-trigger.service asks for one for each device,
 * module, driver and bus: some 500 in a virtual machine, most of which change nothing in an initrd and cost more time
 * than anything else in it. The real system asks for all of them again.
 *
 * Left out are modules, drivers and buses, of which rules only set what the real system wants, and terminals, of which
 * most machines have 64 virtual ones, unless a unit of `taken` may wait for one.
 */
export function coldplugTakes(target: Target, taken: readonly Taken[]): readonly Requirement[] {
  const words = [
    "trigger",
    "--type=devices",
    "--action=add",
    "--prioritized-subsystem=block,tpmrm,net,tty,input",
    ...(taken.some(({ requirement }) => mayWaitForTerminal(requirement)) ? [] : ["--subsystem-nomatch=tty"]),
  ];
  const why = "devices that are there before udev";
  return [
    {
      is: "file",
      path: "/etc/systemd/system/systemd-udev-trigger.service.d/50-unitrd.conf",
      mode: 0o644,
      content: [
        "# Of what is there before udev, only what an initrd acts upon. The real system looks at all of it again.",
        "[Service]",
        "ExecStart=",
        `ExecStart=-${execLine([target.programPath("udevadm"), ...words])}`,
        "",
      ].join("\n"),
      why,
    },
    {
      is: "file",
      path: "/etc/systemd/system/systemd-tmpfiles-setup-dev.service.d/50-unitrd.conf",
      mode: 0o644,
      content: [
        "# Nothing to do unless kmod-static-nodes.service found modules with nodes of their own, or somebody declared some.",
        "[Unit]",
        "After=kmod-static-nodes.service",
        "ConditionDirectoryNotEmpty=|/run/tmpfiles.d",
        "ConditionDirectoryNotEmpty=|/etc/tmpfiles.d",
        "ConditionDirectoryNotEmpty=|/usr/lib/tmpfiles.d",
        "ConditionCredential=|tmpfiles.extra",
        "",
      ].join("\n"),
      why,
    },
  ];
}

/** 99-systemd.rules makes units of serial and hypervisor terminals, such as dev-ttyS0.device. */
function mayWaitForTerminal(requirement: Requirement): boolean {
  if (requirement.is === "unit") return /@(?:tty|hvc)/.test(requirement.name);
  if (requirement.is !== "file" || typeof requirement.content !== "string") return false;
  return requirement.path.includes("/systemd/system/") && /\bdev-(?:tty|hvc|%)/.test(requirement.content);
}
