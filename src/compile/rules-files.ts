import type { Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import { resolve } from "../sysroot/resolve.ts";
import type { Tree } from "../sysroot/tree.ts";
import { firstOrigin } from "./origins.ts";

/** What udev rules of the sysroot bring along. */
export interface RulesFiles {
  readonly files: readonly { readonly path: string; readonly why: Why }[];
  readonly programs: readonly { readonly name: string; readonly optional: boolean; readonly why: Why }[];
  readonly groups: readonly { readonly name: string; readonly why: Why }[];
}

/** Finds rules files that the sysroot ships. Reports U185 for one that is not there. */
export function rulesFiles(
  sysroot: Tree,
  wanted: readonly { readonly name: string; readonly optional: boolean; readonly why: Why }[],
  report: Report,
): RulesFiles {
  const files: { path: string; why: Why }[] = [];
  const groups: { name: string; why: Why }[] = [];
  for (const { name, optional, why } of wanted) {
    const found = [`/usr/lib/udev/rules.d/${name}`, `/lib/udev/rules.d/${name}`]
      .map((path) => resolve(sysroot, path))
      .find((one) => one.found);
    if (found?.found === true && found.stat.type === "file") {
      const reasons = [...why, { what: `rules ${name}` }];
      files.push({ path: found.path, why: reasons });
      const text = new TextDecoder().decode(sysroot.readAt(found.path, 0, found.stat.size));
      for (const match of text.matchAll(/\bGROUP:?="([A-Za-z_][A-Za-z0-9_-]*)"/g)) {
        if (match[1] !== undefined && match[1] !== "root") groups.push({ name: match[1], why: reasons });
      }
      continue;
    }
    if (optional) continue;
    report({
      code: "U185",
      severity: "error",
      message: `the sysroot has no udev rules ${name}, which are wanted for ${why.at(-1)?.what ?? "the boot"}`,
      at: firstOrigin(why),
    });
  }
  return { files, programs: [], groups };
}
