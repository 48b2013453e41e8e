/** Parameters that several commands have, so that they are called and explained the same everywhere. */
export const jsonFlag = {
  kind: "boolean",
  default: false,
  brief: "Print one JSON document, also when something is wrong",
  withNegated: false,
} as const;

export const sysrootFlag = {
  kind: "parsed",
  parse: directoryOrFile,
  optional: true,
  placeholder: "DIR",
  brief: "The tree that programs, libraries and modules come from; default /",
} as const;

export const outputFlag = { kind: "parsed", parse: directoryOrFile, placeholder: "FILE" } as const;

export const declarationFiles = {
  kind: "array",
  minimum: 1,
  parameter: {
    parse: directoryOrFile,
    placeholder: "machine.toml",
    brief: "Files of the declaration, merged in this order",
  },
} as const;

/** A name of a file or directory as it was given. An empty one is a variable that was not set. */
export function directoryOrFile(name: string): string {
  if (name === "") throw new Error("the name of a file");
  if (name.includes("\0")) throw new Error("the name of a file, which holds no NUL");
  return name;
}
