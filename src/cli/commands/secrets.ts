import { buildCommand, buildRouteMap } from "@stricli/core";
import type { Context } from "../context.ts";
import { directoryOrFile, jsonFlag } from "../parameters.ts";
import type { SecretsFlags } from "../run/secrets.ts";

const image = { parse: directoryOrFile, placeholder: "image", brief: "An initrd that unitrd built" } as const;

const list = buildCommand<SecretsFlags, [string], Context>({
  loader: async () => (await import("../run/secrets.ts")).runListSecrets,
  parameters: { flags: { json: jsonFlag }, positional: { kind: "tuple", parameters: [image] } },
  docs: {
    brief: "List the secrets of an image, without what they are",
    fullDescription: [
      "Lists the secrets of an image: name, path, size, and what becomes of each at the hand-over.",
      "",
      "  unitrd secrets list initrd.img",
    ].join("\n"),
  },
});

const replace = buildCommand<SecretsFlags, [string, ...string[]], Context>({
  loader: async () => (await import("../run/secrets.ts")).runReplaceSecrets,
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: {
        parse: directoryOrFile,
        placeholder: "image NAME=FILE",
        brief: "The image, then secrets by name or path, each with the file that takes its place",
      },
    },
  },
  docs: {
    brief: "Put other secrets into an image that is built already",
    fullDescription: [
      "Swaps the last layer of the image, which holds the secrets and nothing else, in one step. Everything else stays as",
      "it is, to the byte. NAME is that of the table in the declaration, or the path in the image.",
      "",
      "  unitrd secrets replace initrd.img token=new-token",
      "  unitrd secrets replace initrd.img /etc/cryptsetup-keys.d/root.key=new.key",
    ].join("\n"),
  },
});

export const secretsCommands = buildRouteMap({
  routes: { list, replace },
  docs: { brief: "List or replace the secrets of an image" },
});
