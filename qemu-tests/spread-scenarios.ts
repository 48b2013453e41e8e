import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * With `--shard 2/8` vitest deals out files, and all scenarios are in one: that one runs in every part and takes the
 * scenarios of its part, which it reads from UNITRD_SHARD.
 */
export class SpreadScenarios extends BaseSequencer {
  override async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { shard } = this.ctx.config;
    if (shard !== undefined) process.env["UNITRD_SHARD"] = `${shard.index}/${shard.count}`;
    const isSpread = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith("/qemu-tests/scenarios.test.ts");
    const whole = await super.shard(files.filter((file) => !isSpread(file)));
    return [...files.filter(isSpread), ...whole];
  }
}
