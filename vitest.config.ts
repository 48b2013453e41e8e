import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { SpreadScenarios } from "./qemu-tests/spread-scenarios.ts";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string };

const never = ["**/node_modules/**", "dist/**"];

export default defineConfig({
  define: { UNITRD_VERSION: JSON.stringify(version) },
  test: {
    restoreMocks: true,
    sequence: { sequencer: SpreadScenarios },
    // More parts than files are right: scenarios are dealt out one by one.
    passWithNoTests: process.argv.some((word) => word.startsWith("--shard")),
    setupFiles: process.env.UNITRD_TEST_FULL === undefined ? [] : ["./scripts/more-properties.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: [...never, "**/*.qemu.test.ts", "**/*.package.test.ts"],
          maxWorkers: 2,
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "qemu",
          include: ["src/**/*.qemu.test.ts", "scripts/**/*.qemu.test.ts", "qemu-tests/**/*.test.ts"],
          exclude: never,
          // A boot under TCG keeps a core busy; a third one on two cores would make all of them late.
          // Files run one after the other, and of one file two tests where they say that they may.
          maxWorkers: 1,
          maxConcurrency: 2,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: "package",
          include: ["scripts/**/*.package.test.ts"],
          exclude: never,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
