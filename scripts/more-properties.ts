import fc from "fast-check";

/** Set up by vitest.config.ts for `scripts/test --full`. */
fc.configureGlobal({ numRuns: 1000 });
