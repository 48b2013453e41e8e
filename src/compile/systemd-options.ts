import type { SystemdOptions } from "../stage-one/systemd/options.ts";
import type { Declaration } from "./declaration.ts";

/** What the declaration says of the systemd stage one as a whole. */
export function systemdOptions(declaration: Declaration): SystemdOptions {
  const stageOne = declaration.value["stage-one"];
  return {
    emergencyAccess: stageOne["emergency-access"],
    panicOnFail: stageOne["panic-on-fail"],
    commandLineShell: stageOne["command-line-shell"],
    deviceTimeout: stageOne["device-timeout"],
    network: Object.keys(declaration.value.network.links).length > 0,
    consoles: declaration.value.console.devices,
    origin: declaration.originOf("stage-one"),
  };
}
