import * as z from "zod";
import { absolutePath, fileMode, namedTables, relativeOrSysrootPath, table } from "../../config/schema.ts";
import type { Requirement } from "../../plan/requirement.ts";
import { defineFeature, type Input } from "../feature.ts";

const file = table({
  source: relativeOrSysrootPath.optional().meta({
    description: "A file beside the declaration, or an absolute path in the sysroot.",
    example: "motd",
  }),
  text: z.string().optional().meta({ description: "The content itself." }),
  link: z
    .string()
    .min(1)
    .regex(/^[^\p{Cc}]*$/u, "a link's target has no control characters")
    .optional()
    .meta({ description: "The target of a symbolic link: `../run/motd`." }),
  mode: fileMode.optional().meta({ description: "Permissions; default `0644`, for a secret `0600`.", example: "0755" }),
  secret: z.boolean().default(false).meta({
    description: "Keep the file in a layer of its own; the image is then readable by its owner only.",
  }),
});

/** `[files."/PATH"]`: files of one's own. */
export const files = defineFeature({
  schema: namedTables(absolutePath, file)
    .prefault({})
    .meta({ description: "A file or link of one's own, at this path in the image.", keyName: "PATH" }),
  contribute(value, input) {
    return {
      takes: Object.entries(value).flatMap(([path, declared]) => {
        const requirement = fileRequirement(path, declared, input);
        const origin = input.originOf(path);
        return requirement === undefined ? [] : [{ requirement, why: [{ what: origin.path, origin }] }];
      }),
    };
  },
});

function fileRequirement(path: string, declared: z.output<typeof file>, input: Input): Requirement | undefined {
  const { source, text, link } = declared;
  const given = [source, text, link].filter((one) => one !== undefined);
  const origin = input.originOf(path);
  if (path === "/") {
    input.report({
      code: "U120",
      severity: "error",
      message: `${origin.path} is the image's root directory, which is no file`,
      hint: 'name the file by its path in the image: [files."/etc/motd"]',
      at: [origin],
    });
    return undefined;
  }
  if (given.length !== 1) {
    input.report({
      code: "U120",
      severity: "error",
      message: `${origin.path} has ${given.length === 0 ? "none" : "more than one"} of \`source\`, \`text\` and \`link\``,
      hint: "say with exactly one of them what the file is",
      at: [origin],
    });
    return undefined;
  }
  const why = `file ${path}`;
  if (link !== undefined) return linkRequirement(path, link, declared, input);
  const content = source === undefined ? (text ?? "") : input.readFile(source, input.originOf(path, "source"));
  if (content === undefined) return undefined;
  const mode = declared.mode ?? (declared.secret ? 0o600 : 0o644);
  if (declared.secret && (mode & 0o077) !== 0) {
    input.report({
      code: "U121",
      severity: "error",
      message: `the secret ${path} would be readable by others in the initrd`,
      hint: 'use mode = "0600" or "0400", or leave the mode out',
      at: [input.originOf(path, "mode")],
    });
    return undefined;
  }
  return { is: "file", path, mode, content, why, ...(declared.secret ? { secret: true } : {}) };
}

function linkRequirement(
  path: string,
  target: string,
  declared: z.output<typeof file>,
  input: Input,
): Requirement | undefined {
  if (declared.mode === undefined && !declared.secret) return { is: "symlink", path, target, why: `link ${path}` };
  input.report({
    code: "U122",
    severity: "error",
    message: "a link has neither a mode nor secrets",
    hint: "take `mode` and `secret` out",
    at: [input.originOf(path, declared.secret ? "secret" : "mode")],
  });
  return undefined;
}
