import { createHmac, randomBytes } from "node:crypto";
import { listSecrets, replaceSecrets, type ListedSecret, type Replacement } from "../../build/replace-secrets.ts";
import { findings } from "../../diagnostics/diagnostic.ts";
import { readImage, type Image } from "../../host/read-image.ts";
import { exits, type Context } from "../context.ts";
import { formatBytes } from "../format-bytes.ts";
import { showDiagnostics, showJson } from "../show.ts";

export interface SecretsFlags {
  readonly json: boolean;
}

/** unitrd secrets list */
export async function runListSecrets(this: Context, flags: SecretsFlags, file: string): Promise<void> {
  const found = findings();
  const image = await readImage(file, found.report);
  const listed = image === undefined ? [] : withDigests(image);
  if (flags.json) showJson(this, found.all, { secrets: listed });
  else {
    this.output.write(image === undefined ? "" : table(file, listed));
    showDiagnostics(this, found.all);
  }
  if (found.hasErrors()) this.end(exits.fault);
}

/** unitrd secrets replace */
export async function runReplaceSecrets(
  this: Context,
  flags: SecretsFlags,
  file: string,
  ...given: readonly string[]
): Promise<void> {
  const found = findings();
  const replacements = given.flatMap((word): Replacement[] => {
    const at = word.indexOf("=");
    return at < 1 || at === word.length - 1 ? [] : [{ secret: word.slice(0, at), file: word.slice(at + 1) }];
  });
  if (replacements.length !== given.length) {
    const message = "a replacement is written as NAME=FILE";
    const hint = "unitrd secrets replace initrd.img token=new-token";
    found.report({ code: "U914", severity: "error", message, hint, at: [] });
    showDiagnostics(this, found.all);
    this.end(exits.usage);
    return;
  }
  const done = await replaceSecrets(file, replacements, found.report);
  if (flags.json) showJson(this, found.all, { replaced: done ? replacements.map(({ secret }) => secret) : [] });
  else {
    if (done) this.output.write(`${file}: replaced ${replacements.map(({ secret }) => secret).join(", ")}\n`);
    showDiagnostics(this, found.all);
  }
  if (found.hasErrors()) this.end(exits.fault);
}

/** Digests tell which secrets are alike; the key is made for this run and forgotten, so that they tell nothing else. */
function withDigests({ tree, ...image }: Image): readonly (ListedSecret & { readonly digest?: string })[] {
  const key = randomBytes(32);
  return listSecrets({ tree, ...image }).map((secret) => {
    if (secret.size === undefined) return secret;
    const bytes = tree.readAt(secret.path, 0, secret.size);
    return { ...secret, digest: createHmac("sha256", key).update(bytes).digest("hex") };
  });
}

function table(file: string, listed: readonly ListedSecret[]): string {
  if (listed.length === 0) return `${file} holds no secrets of unitrd's\n`;
  const rows = listed.map(({ path, name = "-", size, kept }) => [
    name,
    size === undefined ? "made by the boot" : formatBytes(size),
    kept ? "kept" : "wiped",
    path,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}\n`).join("");
}
