/** What a step, or its rendering by one stage one, wants in the image. `why` is a phrase for `explain`. */
export type Requirement = { readonly why: string } & (
  | {
      /** A kernel module by name or alias, with all it depends on. */
      readonly is: "module";
      readonly name: string;
      /** Not an error when the kernel does not have it. */
      readonly optional?: boolean;
    }
  | { readonly is: "firmware"; readonly path: string }
  /** A program of the sysroot by name (looked up in the usual directories) or absolute path, with all it loads. */
  | {
      readonly is: "program";
      readonly name: string;
      readonly optional?: boolean;
      /** further absolute paths that must exist as links to it */ readonly as?: readonly string[];
    }
  /** A library that something opens with dlopen(3), by soname. */
  | { readonly is: "library"; readonly soname: string; readonly optional?: boolean }
  /** A file or a whole directory of the sysroot, copied as it is. */
  | { readonly is: "copy"; readonly path: string; readonly optional?: boolean }
  /** A file made from the declaration. */
  | {
      readonly is: "file";
      readonly path: string;
      readonly mode: number;
      readonly content: Uint8Array | string;
      readonly secret?: boolean;
    }
  | { readonly is: "symlink"; readonly path: string; readonly target: string }
  | { readonly is: "directory"; readonly path: string; readonly mode: number }
  /** A unit that the sysroot's systemd ships, with the programs it starts. */
  | { readonly is: "unit"; readonly name: string; readonly optional?: boolean }
  /** A udev rules file that the sysroot ships, with the programs it calls. */
  | { readonly is: "rules"; readonly name: string; readonly optional?: boolean }
  | { readonly is: "user"; readonly name: string }
  | { readonly is: "group"; readonly name: string }
);
