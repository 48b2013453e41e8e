import type { Requirement } from "../plan/requirement.ts";

/** Something in the image that only the initrd may know. */
export interface HeldSecret {
  readonly path: string;
  /** The real system gets it below /run/unitrd/secrets under this name. */
  readonly keepAs?: string;
}

export const secretsIndexPath = "/etc/unitrd/secrets.list";

/**
 * The list of an image's secrets, a line each: `wipe` or `keep`, a tab, the name under which it is kept or `-`, a tab,
 * the path. It holds nothing secret itself.
 */
export function secretsIndex(held: readonly HeldSecret[]): Requirement {
  const lines = held.map(({ path, keepAs }) => {
    return `${keepAs === undefined ? "wipe" : "keep"}\t${keepAs ?? "-"}\t${path}\n`;
  });
  return {
    is: "file",
    path: secretsIndexPath,
    mode: 0o644,
    content: lines.join(""),
    why: "what is secret in this image",
  };
}

/** Reads such a list; lines of another form are passed over. */
export function parseSecretsIndex(text: string): readonly HeldSecret[] {
  return text.split("\n").flatMap((line): HeldSecret[] => {
    const [what, keepAs, path] = line.split("\t");
    if (path?.startsWith("/") !== true) return [];
    return [{ path, ...(what === "keep" && keepAs !== undefined ? { keepAs } : {}) }];
  });
}
