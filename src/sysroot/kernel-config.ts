/**
 * A kernel's configuration: `CONFIG_EXT4_FS` → `m`, strings without their quotes. What is "not set" is not in the map.
 * Documentation/kbuild/kconfig.rst.
 */
export type KernelConfig = ReadonlyMap<string, string>;

export function parseKernelConfig(text: string): KernelConfig {
  const config = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (!line.startsWith("CONFIG_")) continue;
    const equals = line.indexOf("=");
    if (equals > 0) config.set(line.slice(0, equals), line.slice(equals + 1).replace(/^"(.*)"$/, "$1"));
  }
  return config;
}
