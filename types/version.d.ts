/** The version in package.json, put in by scripts/bundle.mjs and vitest.config.ts. */
declare const UNITRD_VERSION: string;
