import type { SystemdOptions } from "../stage-one/systemd/options.ts";
import type { Declaration } from "./declaration.ts";

/** What the declaration says of the systemd stage one as a whole. */
export function systemdOptions(declaration: Declaration): SystemdOptions {
  const { "stage-one": stageOne, network } = declaration.value;
  return {
    emergencyAccess: stageOne["emergency-access"],
    panicOnFail: stageOne["panic-on-fail"],
    commandLineShell: stageOne["command-line-shell"],
    deviceTimeout: stageOne["device-timeout"],
    network: Object.keys(network.links).length > 0 || network.import.length > 0,
    consoles: declaration.value.console.devices,
    origin: declaration.originOf("stage-one"),
  };
}
