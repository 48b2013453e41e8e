import type * as z from "zod";

/** What a failed union comes down to: the branch that was meant, or that the value is of no branch's kind. */
export type Branch =
  | { readonly is: "meant"; readonly issues: readonly z.core.$ZodIssue[] }
  | { readonly is: "mismatch"; readonly kinds: readonly string[]; readonly values: readonly string[] };

/**
 * The branch that a person most likely meant: one whose kind the value has, with the fewest mistakes. When there is
 * none, everything that would have been taken instead.
 */
export function bestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): Branch {
  const flat = branches.flatMap(flatten);
  const meant = flat.filter((issues) => !issues.some(isMismatch)).toSorted((a, b) => weight(a) - weight(b))[0];
  if (meant !== undefined) return { is: "meant", issues: meant };
  const kinds: string[] = [];
  const values: string[] = [];
  for (const issue of flat.flat()) {
    if (issue.code === "invalid_type" && issue.path.length === 0) kinds.push(issue.expected);
    if (issue.code === "invalid_value" && issue.path.length === 0) values.push(...issue.values.map(String));
  }
  return { is: "mismatch", kinds: [...new Set(kinds)], values: [...new Set(values)] };
}

/** A union directly inside a union is only more branches. */
function flatten(branch: readonly z.core.$ZodIssue[]): readonly (readonly z.core.$ZodIssue[])[] {
  const only = branch.length === 1 ? branch[0] : undefined;
  if (only?.code !== "invalid_union" || only.path.length > 0 || only.errors.length === 0) return [branch];
  return only.errors.flatMap(flatten);
}

function isMismatch(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

/** A wrong value deep inside says less against a branch than keys that it does not have or lacks. */
function weight(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 2 * issue.keys.length : 1), 0);
}
