/**
 * What both stage ones say on the console of the machine when they tell the same. An argument is a value, or for the
 * script an expansion such as `$1`: no sentence holds a character that a shell would take for its own.
 */
export const sentences = {
  deviceLate: (device: string, seconds: string, origin: string) =>
    `${device} did not appear within ${seconds} s: ${origin}`,
  rootLate: (seconds: string) => `the device of root= did not come within ${seconds} s`,
  rootReplaced: (device: string, origin: string) => `root= on the kernel command line replaces ${device} (${origin})`,
  rootOptionsDropped: (options: string, origin: string) =>
    `root= without rootflags= drops the declared options ${options} (${origin})`,
  rootMissing: () => "the root that root= on the kernel command line names was not mounted",
  stepFailed: (step: string, origin: string) => `${step} failed, and the boot cannot go on without it: ${origin}`,
  rebooting: (seconds: string) => `The boot has failed. Rebooting in ${seconds} seconds (stage-one.panic-on-fail).`,
  locked: () =>
    "The boot has failed, and this image opens no shell (stage-one.emergency-access = false). The messages above say why. Ctrl-Alt-Del reboots.",
} as const;

/** Seconds between the message and the reboot of `panic-on-fail`: time to read the console. */
export const secondsBeforeReboot = 10;
