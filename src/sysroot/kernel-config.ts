/**
 * A kernel's configuration: `CONFIG_EXT4_FS` → `m`, strings without their quotes. What is "not set" has no value.
 * Documentation/kbuild/kconfig.rst.
 */
export interface KernelConfig {
  get(option: string): string | undefined;
  has(option: string): boolean;
}

/** Of thousands of options a handful is ever asked for, so the text is searched and not taken apart. */
export function parseKernelConfig(text: string): KernelConfig {
  const lines = `\n${text}\n`;
  const get = (option: string): string | undefined => {
    // The last of several counts.
    const start = lines.lastIndexOf(`\n${option}=`);
    if (!option.startsWith("CONFIG_") || start === -1) return undefined;
    const value = start + option.length + 2;
    return lines.slice(value, lines.indexOf("\n", value)).replace(/^"(.*)"$/, "$1");
  };
  return { get, has: (option) => get(option) !== undefined };
}
