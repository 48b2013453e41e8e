import type { CodeTable } from "./code-table.ts";
import { cliCodes } from "./codes/cli.ts";
import { compileCodes } from "./codes/compile.ts";
import { kernelCodes } from "./codes/kernel.ts";
import { configCodes } from "./codes/config.ts";
import { diffCodes } from "./codes/diff.ts";
import { disksCodes } from "./codes/disks.ts";
import { driversCodes } from "./codes/drivers.ts";
import { featuresCodes } from "./codes/features.ts";
import { imageCodes } from "./codes/image.ts";
import { networkCodes } from "./codes/network.ts";
import { planCodes } from "./codes/plan.ts";
import { scenarioCodes } from "./codes/scenario.ts";
import { secretsCodes } from "./codes/secrets.ts";
import { sshCodes } from "./codes/ssh.ts";
import { stageOneCodes } from "./codes/stage-one.ts";
import { storageCodes } from "./codes/storage.ts";
import { sysrootCodes } from "./codes/sysroot.ts";
import { vmCodes } from "./codes/vm.ts";
import { trialCodes } from "./codes/trial.ts";

/** The tables of all rooms; a room that begins to report adds its line here. */
export const codeTables: readonly CodeTable[] = [
  cliCodes,
  compileCodes,
  kernelCodes,
  configCodes,
  diffCodes,
  disksCodes,
  driversCodes,
  featuresCodes,
  imageCodes,
  networkCodes,
  planCodes,
  scenarioCodes,
  secretsCodes,
  sshCodes,
  stageOneCodes,
  storageCodes,
  sysrootCodes,
  vmCodes,
  trialCodes,
];

/** Every code there is, with what docs/diagnostics.md says of it. */
export const codes: CodeTable = codeTables.reduce((all, table) => ({ ...all, ...table }), {});
