import { expect, it } from "vitest";
import { compileText } from "../testing/synthetic-sysroot.ts";
import { awaitedDevice } from "./awaited.ts";

it("says who waited for a device, where that stands, and who was to bring it", async () => {
  const { compiled } = await compileText(
    '[luks.root]\ndevice = "LABEL=crypt"\n[filesystems."/"]\ndevice = "LABEL=root"\ntype = "ext4"\n[filesystems."/x"]\ndevice = "/dev/mapper/root"\ntype = "ext4"\n',
  );
  const told = (unit: string): string | undefined => compiled && awaitedDevice(unit, compiled.plan);
  expect(told(String.raw`dev-disk-by\x2dlabel-crypt.device`)).toMatch(
    /^luks:root \(\S+:2 luks\.root\.device\) waited for it; a disk of the machine was to have it$/,
  );
  expect(told(String.raw`dev-disk-by\x2dlabel-root.device`)).toMatch(
    /waited for it; a disk of the machine was to have it, or what luks:root makes$/,
  );
  expect(told("dev-mapper-root.device")).toMatch(/^[^;]*mount:\/x [^;]*; luks:root was to make it$/);
  expect(told("dev-vda.device")).toBeUndefined();
});
