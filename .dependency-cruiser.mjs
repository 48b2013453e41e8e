// Who may import whom. `docs/design.md` draws it; scripts/check-imports.mjs runs it.

const world = ["host", "vm", "disks", "build", "trial", "cli"];
const pure = [
  "diagnostics",
  "config",
  "features",
  "steps",
  "plan",
  "stage-one",
  "sysroot",
  "image",
  "check",
  "explain",
  "graph",
  "diff",
  "scenario",
  "compile",
];

/**
 * For each room the others it may import; a name with a slash is a single file. Every room of `src` is named here:
 * check-imports.mjs refuses one that is not.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const rooms = {
  diagnostics: [],
  config: ["diagnostics"],
  plan: ["diagnostics", "config/suggest.ts"],
  sysroot: ["diagnostics", "image/manifest.ts"],
  image: ["diagnostics", "sysroot/tree.ts"],
  "stage-one": ["diagnostics", "plan", "sysroot", "image"],
  steps: ["diagnostics", "config", "plan", "stage-one"],
  features: ["diagnostics", "config", "plan", "stage-one", "steps", "sysroot"],
  compile: pure.filter((room) => !["check", "explain", "graph", "diff", "scenario"].includes(room)),
  check: pure,
  explain: pure,
  graph: pure,
  diff: pure,
  scenario: pure,
  host: ["diagnostics", "sysroot", "image"],
  vm: ["host", ...pure],
  disks: ["host", "vm", ...pure],
  build: ["host", ...pure],
  trial: ["host", "vm", "disks", "build", ...pure],
  cli: [...world, ...pure],
};

/** What a pure room may import of Node: nothing that sees a file, a process, a clock or chance. */
const pureNode = [
  "assert",
  "buffer",
  "crypto",
  "events",
  "path",
  "path/posix",
  "stream",
  "string_decoder",
  "url",
  "util",
];

const tests = "\\.test\\.ts$";
const testRooms = "^src/testing/";
const notTests = { pathNot: [tests, testRooms] };

/** @param {readonly string[]} names */
const anyOf = (names) =>
  `^src/(${names.map((name) => (name.includes("/") ? `${name.replaceAll(".", "\\.")}$` : `${name}/`)).join("|")})`;

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const layers = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `src/${room} imports ${allowed.length === 0 ? "no other room" : `only ${allowed.join(", ")}`}`,
  severity: "error",
  from: { path: `^src/${room}/`, ...notTests },
  to: { path: "^src/", pathNot: [anyOf([room, ...allowed]), tests, testRooms] },
}));

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const forbidden = [
  ...layers,
  {
    name: "no-cycles",
    comment: "files that import each other are one file or two ideas",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "features-apart",
    comment: "a feature never imports another: what two share is a step",
    severity: "error",
    from: { path: "^src/features/([^/]+)/", ...notTests },
    to: { path: "^src/features/[^/]+/", pathNot: ["^src/features/$1/", tests] },
  },
  {
    name: "pure-node",
    comment: `outside ${world.join(", ")} only these of Node: ${pureNode.join(", ")}`,
    severity: "error",
    from: { path: anyOf(pure), ...notTests },
    to: { dependencyTypes: ["core"], pathNot: `^(node:)?(${pureNode.join("|")})$` },
  },
  {
    name: "pure-packages",
    comment: `outside ${world.join(", ")} nothing starts a process`,
    severity: "error",
    from: { path: anyOf(pure), ...notTests },
    to: { path: "(^|node_modules/)(execa|cross-spawn)(/|$)" },
  },
  {
    name: "nobody-imports-cli",
    comment: "the command line is on top; src/index.ts and the rest live without it",
    severity: "error",
    from: { path: "^src/", pathNot: ["^src/cli/", tests, testRooms] },
    to: { path: "^src/cli/" },
  },
  {
    name: "tests-stay-tests",
    comment: "what ships imports no test and nothing that tests use",
    severity: "error",
    from: { path: "^src/", ...notTests },
    to: { path: [tests, testRooms, "^(qemu-tests|scripts)/", "(^|node_modules/)(vitest|fast-check)(/|$)"] },
  },
  {
    name: "resolvable",
    comment: "an import leads somewhere",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
];

/** @type {import("dependency-cruiser").ICruiseOptions} */
const options = {
  doNotFollow: { path: "node_modules" },
  exclude: { path: "(^|/)(dist|golden)/" },
  tsPreCompilationDeps: true,
  moduleSystems: ["es6", "cjs"],
  enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"] },
};

export default { forbidden, options };
