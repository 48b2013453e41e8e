import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const tests = ["**/*.test.ts", "qemu-tests/**", "src/testing/**"];
const worldRooms = ["src/host/**", "src/vm/**", "src/disks/**", "src/build/**", "src/trial/**", "src/cli/**"];

// The import rules (.dependency-cruiser.mjs) are the law; these say the same while one types.
const worldModules = [
  "fs",
  "fs/promises",
  "child_process",
  "os",
  "process",
  "net",
  "http",
  "https",
  "tty",
  "readline",
  "worker_threads",
  "timers",
  "timers/promises",
  "perf_hooks",
];

const syntax = {
  defaultExport: {
    selector: "ExportDefaultDeclaration",
    message: "Export it by name, so that it is called the same everywhere.",
  },
  enumeration: { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
  emptyDate: {
    selector: "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.name='Date']",
    message: "The clock belongs to src/host; take the time as an argument.",
  },
  mutableProperty: {
    selector:
      "ExportNamedDeclaration > TSInterfaceDeclaration > TSInterfaceBody > TSPropertySignature:not([readonly=true])",
    message: "Data that leaves its file is read-only: say `readonly`.",
  },
  mutableArray: {
    selector:
      "ExportNamedDeclaration > TSInterfaceDeclaration > TSInterfaceBody > TSPropertySignature > TSTypeAnnotation > TSArrayType",
    message: "Data that leaves its file is read-only: `readonly T[]`.",
  },
};

const locale = ["localeCompare", "toLocaleString", "toLocaleUpperCase", "toLocaleLowerCase"].map((property) => ({
  property,
  message: "What it does depends on the locale of the machine; compare bytes.",
}));

const clockAndEnvironment = [
  { object: "Date", property: "now", message: "The clock belongs to src/host." },
  { object: "performance", property: "now", message: "The clock belongs to src/host." },
  { object: "process", property: "env", message: "The environment belongs to src/host." },
  { object: "process", property: "hrtime", message: "The clock belongs to src/host." },
  { object: "Math", property: "random", message: "Chance belongs to src/host: same inputs, same bytes." },
];

const randomNames = ["randomBytes", "randomUUID", "randomInt", "randomFillSync", "randomFill", "getRandomValues"];

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "coverage/**", "**/golden/**"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  eslint.configs.recommended,

  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      // Names are checked for bytes that kernel and systemd refuse; that takes control characters.
      "no-control-regex": "off",
      "no-restricted-properties": ["error", ...locale, ...clockAndEnvironment],
      "no-restricted-syntax": ["error", syntax.defaultExport, syntax.enumeration, syntax.emptyDate],
      "object-shorthand": "error",
      "prefer-const": "error",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/dot-notation": "off",
      // Columns are counted in code points, which is what spreading a string gives.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      "@typescript-eslint/no-unsafe-type-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/require-array-sort-compare": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },

  {
    files: ["src/**/*.ts"],
    ignores: tests,
    rules: {
      "max-lines": ["error", { max: 400 }],
      "no-restricted-syntax": ["error", ...Object.values(syntax)],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: [...tests, ...worldRooms, "src/index.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...["process", "performance", "setTimeout", "setInterval", "setImmediate", "fetch", "console"].map((name) => ({
          name,
          message: "Only src/host, src/vm, src/disks and src/cli touch the world.",
        })),
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            ...[...worldModules.map((name) => `node:${name}`), ...worldModules, "execa"].map((name) => ({
              name,
              message: "Only src/host, src/vm, src/disks and src/cli touch the world; take data or a Tree.",
            })),
            {
              name: "node:crypto",
              importNames: randomNames,
              message: "Chance belongs to src/host: same inputs, same bytes.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["src/vm/**/*.ts", "src/disks/**/*.ts", "src/cli/**/*.ts"],
    ignores: tests,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "node:process", importNames: ["env", "hrtime"], message: "It belongs to src/host." },
            { name: "node:perf_hooks", importNames: ["performance"], message: "The clock belongs to src/host." },
          ],
        },
      ],
    },
  },
  { files: ["src/cli/**/*.ts"], rules: { "no-console": "off" } },
  {
    files: ["src/host/**/*.ts"],
    rules: {
      "no-restricted-properties": ["error", ...locale],
      "no-restricted-syntax": [
        "error",
        syntax.defaultExport,
        syntax.enumeration,
        syntax.mutableProperty,
        syntax.mutableArray,
      ],
    },
  },

  {
    files: tests,
    rules: {
      "no-restricted-properties": ["error", ...locale],
      "no-restricted-syntax": ["error", syntax.defaultExport, syntax.enumeration],
      "no-restricted-globals": "off",
      "no-restricted-imports": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-type-assertion": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["scripts/**", "*.config.ts", "*.config.js", "*.mjs", ".*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
    rules: { "no-console": "off", "no-restricted-properties": ["error", ...locale] },
  },
  {
    files: ["*.config.ts"],
    rules: { "no-restricted-syntax": "off", "@typescript-eslint/no-unsafe-type-assertion": "off" },
  },
);
