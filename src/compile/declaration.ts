import type * as z from "zod";
import { merge, type Declared } from "../config/merge.ts";
import { parseToml } from "../config/parse.ts";
import { setPredicate } from "../config/schema-walk.ts";
import { table } from "../config/schema.ts";
import { validate } from "../config/validate.ts";
import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import { features } from "../features/list.ts";

/** The schema of the whole declaration: a table for each feature. */
export const declarationSchema = table({
  image: features.image.schema,
  "stage-one": features["stage-one"].schema,
  modules: features.modules.schema,
  console: features.console.schema,
  network: features.network.schema,
  ssh: features.ssh.schema,
  nbd: features.nbd.schema,
  iscsi: features.iscsi.schema,
  raid: features.raid.schema,
  luks: features.luks.schema,
  lvm: features.lvm.schema,
  verity: features.verity.schema,
  integrity: features.integrity.schema,
  hibernation: features.hibernation.schema,
  filesystems: features.filesystems.schema,
  hooks: features.hooks.schema,
  files: features.files.schema,
  secrets: features.secrets.schema,
  programs: features.programs.schema,
  users: features.users.schema,
  units: features.units.schema,
  sysctl: features.sysctl.schema,
} satisfies { [Key in keyof typeof features]: (typeof features)[Key]["schema"] }).meta({
  description: "How a machine boots: the declaration that unitrd compiles into an initrd.",
});

export interface Declaration {
  readonly value: z.output<typeof declarationSchema>;
  readonly declared: Declared;
  originOf(...path: readonly (string | number)[]): Origin;
}

/** A file of a declaration as it was read: the name that messages use, and the bytes. */
export interface DeclarationFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads and merges the files of a declaration; reports every mistake and answers undefined when there is one. */
export function readDeclaration(files: readonly DeclarationFile[], report: Report): Declaration | undefined {
  const documents = files.map((file) => parseToml(file.name, file.bytes, report));
  const sound = documents.filter((document) => document !== undefined);
  if (sound.length !== documents.length) return undefined;
  const declared = merge(sound, setPredicate(declarationSchema), report);
  const valid = validate(declarationSchema, declared, report);
  if (valid === undefined) return undefined;
  return { value: valid.value, declared, originOf: (...path) => declared.originOf(path) };
}
