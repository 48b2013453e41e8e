import { console } from "./console/console.ts";
import { files } from "./files/files.ts";
import { filesystems } from "./filesystems/filesystems.ts";
import { hibernation } from "./hibernation/hibernation.ts";
import { hooks } from "./hooks/hooks.ts";
import { image } from "./image/image.ts";
import { iscsi } from "./iscsi/iscsi.ts";
import { integrity } from "./integrity/integrity.ts";
import { luks } from "./luks/luks.ts";
import { lvm } from "./lvm/lvm.ts";
import { modules } from "./modules/modules.ts";
import { nbd } from "./nbd/nbd.ts";
import { network } from "./network/network.ts";
import { programs } from "./programs/programs.ts";
import { raid } from "./raid/raid.ts";
import { secrets } from "./secrets/secrets.ts";
import { ssh } from "./ssh/ssh.ts";
import { stageOne } from "./stage-one/stage-one.ts";
import { sysctl } from "./sysctl/sysctl.ts";
import { units } from "./units/units.ts";
import { users } from "./users/users.ts";
import { verity } from "./verity/verity.ts";

/** Every table of the declaration, by its key, in the order of the documentation. To add one, add a line. */
export const features = {
  image,
  "stage-one": stageOne,
  modules,
  console,
  network,
  ssh,
  nbd,
  iscsi,
  raid,
  luks,
  lvm,
  verity,
  integrity,
  hibernation,
  filesystems,
  hooks,
  files,
  secrets,
  programs,
  users,
  units,
  sysctl,
} as const;
