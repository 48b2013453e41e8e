/** One file of a file system to be made. `path` is absolute in it; parents come before their children. */
export type Staged = { readonly path: string; readonly uid: number; readonly gid: number } & (
  | { readonly type: "directory"; readonly mode: number }
  | { readonly type: "file"; readonly mode: number; readonly content: StagedContent }
  | { readonly type: "symlink"; readonly target: string }
);

export type StagedContent = { readonly text: string } | { readonly copyOf: string };
