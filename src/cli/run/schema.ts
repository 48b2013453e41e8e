import { declarationSchema } from "../../compile/declaration.ts";
import { jsonSchema } from "../../config/json-schema.ts";
import { findings } from "../../diagnostics/diagnostic.ts";
import { writeAtomically } from "../../host/atomic-file.ts";
import { exits, type Context } from "../context.ts";
import { showDiagnostics } from "../show.ts";

export interface SchemaFlags {
  readonly output?: string;
}

/** unitrd schema */
export async function runSchema(this: Context, flags: SchemaFlags): Promise<void> {
  const text = `${JSON.stringify(declarationJsonSchema(), undefined, 2)}\n`;
  if (flags.output === undefined) {
    this.output.write(text);
    return;
  }
  const found = findings();
  await writeAtomically(flags.output, 0o644, [Buffer.from(text)], found.report);
  showDiagnostics(this, found.all);
  if (found.hasErrors()) this.end(exits.fault);
}

function declarationJsonSchema() {
  return jsonSchema(declarationSchema, { id: "urn:unitrd:declaration", title: "unitrd declaration" });
}
