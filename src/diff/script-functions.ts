/** A function of the script, as its text says. */
export interface ScriptFunction {
  readonly name: string;
  /** What the comment above it calls its arguments. */
  readonly parameters: readonly string[];
  /** Functions that it calls, itself or through others. */
  readonly calls: ReadonlySet<string>;
  /** Every word of it, and of what it calls, that stands where a command can stand. */
  readonly commands: ReadonlySet<string>;
}

/**
 * Reads the functions of a script that unitrd made. It knows the style of templates/scripted and no more of the shell:
 * `name() {` and `}` stand on lines of their own, and a comment above begins with the name and the arguments.
 */
export function scriptFunctions(script: string): ReadonlyMap<string, ScriptFunction> {
  const drafts = [...script.matchAll(/((?:^#.*\n)*)^([a-z_][a-z0-9_]*)\(\) \{\n([^]*?)^\}$/gm)].map(
    ([, comment = "", name = "", body = ""]) => ({ name, parameters: parametersIn(comment, name), body: bare(body) }),
  );
  const names = new Set(drafts.map(({ name }) => name));
  const direct = new Map(
    drafts.map(({ name, body }) => {
      return [name, (body.match(/[a-z_][a-z0-9_]*/g) ?? []).filter((word) => names.has(word))] as const;
    }),
  );
  const commands = new Map(drafts.map(({ name, body }) => [name, body.match(commandWord) ?? []] as const));
  return new Map(
    drafts.map(({ name, parameters }) => {
      const calls = new Set<string>([name]);
      for (const called of calls) for (const next of direct.get(called) ?? []) calls.add(next);
      const words = new Set([...calls].flatMap((called) => commands.get(called) ?? []));
      return [name, { name, parameters, calls, commands: words }];
    }),
  );
}

const commandWord =
  /(?<=(?:^|[;|&(){!]|\b(?:if|then|do|else|while|until|exec|busybox|cttyhack|setsid|xargs -r))[ \t]*)[a-z_][a-z0-9_.-]*/gm;

/** Without comments and without text that is only said: of what stands in quotes only `$(…)` stays. */
function bare(body: string): string {
  let result = "";
  let quote = "";
  let depth = 0;
  const text = body.replaceAll(/^\s*#.*$/gm, "");
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    const isCommand = quote === "" || (quote === '"' && depth > 0);
    if (quote !== "'" && text.startsWith("$(", index) && text[index + 2] !== "(") depth += quote === '"' ? 1 : 0;
    if (quote === "'") quote = character === "'" ? "" : quote;
    else if (quote === '"' && depth === 0) quote = character === '"' ? "" : quote;
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character === ")" && depth > 0) depth--;
    if (isCommand && (quote === "" || depth > 0)) result += character;
  }
  return result;
}

/** `# mount_bind PATH SOURCE OPTIONS` or `# find_device SPEC: prints …`. */
function parametersIn(comment: string, name: string): readonly string[] {
  const words = comment
    .split("\n")
    .find((line) => line.startsWith(`# ${name} `))
    ?.split(" ")
    .slice(2);
  const end = words?.findIndex((word) => !/^[A-Z][A-Z-]*…?$/.test(word)) ?? 0;
  const last = words?.[end] ?? "";
  const named = (words ?? []).slice(0, end === -1 ? undefined : end);
  return /^[A-Z][A-Z-]*…?[:.]$/.test(last) ? [...named, last.slice(0, -1)] : named;
}
