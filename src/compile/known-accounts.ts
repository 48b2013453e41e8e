import type { Report } from "../diagnostics/diagnostic.ts";
import type { Why } from "../diagnostics/reason.ts";
import type { Tree } from "../sysroot/tree.ts";
import { accounts } from "../sysroot/users.ts";
import { firstOrigin } from "./origins.ts";
import type { RulesFiles } from "./rules-files.ts";

type Named = Pick<RulesFiles, "users" | "groups">;

/**
 * The users and groups of udev rules that the sysroot knows. Reports U190, a warning, for another: udev(7) says so at
 * boot and leaves the device node to root, which is no reason not to boot.
 */
export function knownAccounts(sysroot: Tree, { users, groups }: Named, report: Report): Named {
  const known = accounts(sysroot, { users, groups }, () => undefined);
  const keep = (
    kind: "user" | "group",
    wanted: Named["users"],
    found: ReadonlyMap<string, unknown>,
  ): Named["users"] => {
    const said = new Set<string>();
    for (const { name, why } of wanted) {
      if (found.has(name) || said.has(name)) continue;
      said.add(name);
      report(unknown(kind, name, why));
    }
    return wanted.filter(({ name }) => found.has(name));
  };
  return { users: keep("user", users, known.users), groups: keep("group", groups, known.groups) };
}

function unknown(kind: "user" | "group", name: string, why: Why) {
  return {
    code: "U190",
    severity: "warning",
    message: `the sysroot has no ${kind} ${JSON.stringify(name)}, which is named by ${why.at(-1)?.what ?? "udev rules"}`,
    hint: "at boot udev will pass over it, and such devices belong to root",
    at: firstOrigin(why),
  } as const;
}
