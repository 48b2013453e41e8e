import type { Why } from "../diagnostics/reason.ts";

/** What a step, or its rendering by one stage one, wants in the image. `why` is a phrase for `explain`. */
export type Requirement = { readonly why: string } & (
  | {
      /** A kernel module by name or alias, with all it depends on. */
      readonly is: "module";
      readonly name: string;
      /** Not an error when the kernel does not have it. */
      readonly optional?: boolean;
    }
  /** A module that must not be loaded by its alias. */
  | { readonly is: "no-module"; readonly name: string }
  /** Every driver of a kind that the kernel has; `DriverClass` of sysroot/driver-classes.ts names them. */
  | { readonly is: "driver-class"; readonly name: string }
  | { readonly is: "firmware"; readonly path: string }
  /** Updates of processors, loaded by the kernel before it unpacks the rest. */
  | {
      readonly is: "microcode";
      readonly cpu: "all" | { readonly vendor: number; readonly family: number; readonly model: number };
    }
  /** A program of the sysroot by name (looked up in the usual directories) or absolute path, with all it loads. */
  | {
      readonly is: "program";
      readonly name: string;
      readonly optional?: boolean;
    }
  /** Libraries that programs open with dlopen(3) for this feature, as their ELF notes call it: `kmod`, `tpm`. */
  | { readonly is: "dlopen"; readonly feature: string }
  /** A library that something opens with dlopen(3) without saying so, by soname. */
  | { readonly is: "library"; readonly soname: string; readonly optional?: boolean }
  /** A file or a whole directory of the sysroot, copied as it is. */
  | { readonly is: "copy"; readonly path: string; readonly optional?: boolean }
  /** A tmpfiles.d(5) file, itself at `path`, that copies a program with all it loads below a directory, as `as`. */
  | {
      readonly is: "copy-list";
      readonly path: string;
      readonly program: string;
      readonly below: string;
      readonly as: string;
    }
  /** A file made from the declaration. */
  | {
      readonly is: "file";
      readonly path: string;
      readonly mode: number;
      readonly content: Uint8Array | string;
      readonly secret?: boolean;
      /** For a secret: stage two finds it below /run/unitrd/secrets under this name. */
      readonly keepAs?: string;
    }
  /** A path at which the boot makes a secret; like those of the image it is wiped at the hand-over. */
  | { readonly is: "secret"; readonly path: string; readonly keepAs?: string }
  /** A directory in which the boot makes files, whatever mode others give it. */
  | { readonly is: "parent"; readonly path: string }
  | { readonly is: "symlink"; readonly path: string; readonly target: string }
  | {
      readonly is: "character";
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    }
  | { readonly is: "directory"; readonly path: string; readonly mode: number }
  /** A unit that the sysroot's systemd ships, with the programs it starts. */
  | { readonly is: "unit"; readonly name: string; readonly optional?: boolean }
  /** A unit that shall not be in the image although something else brings it. */
  | { readonly is: "no-unit"; readonly name: string }
  /** A udev rules file that the sysroot ships, with the programs it calls. */
  | { readonly is: "rules"; readonly name: string; readonly optional?: boolean }
  | { readonly is: "user"; readonly name: string }
  | { readonly is: "group"; readonly name: string }
);

/** A requirement with the chain of reasons that leads to it. */
export interface Taken {
  readonly requirement: Requirement;
  readonly why: Why;
}
