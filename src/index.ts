export { build } from "./build/build.ts";
export type { BuildOptions, BuildResult, BuiltImage } from "./build/build.ts";
