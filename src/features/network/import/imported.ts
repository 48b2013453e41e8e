import type { Origin } from "../../../diagnostics/diagnostic.ts";
import { resolve } from "../../../sysroot/resolve.ts";
import type { Input } from "../../feature.ts";
import { schema, type DeclaredLink, type DeclaredNetwork } from "../declared.ts";
import { mistakesOf } from "../mistakes.ts";
import { isRecord, type Draft, type Lost, type NetworkFile, type Understood } from "./draft.ts";
import { readKeyfile } from "./keyfile.ts";
import { readNetdev, readNetwork } from "./systemd-network.ts";

/** The declaration with the links of other programs' files in it. */
export interface WithImports {
  readonly value: DeclaredNetwork;
  readonly input: Input;
}

/**
 * Takes in the files of `import`. A link that is declared too keeps what it declares. Reports U885 for each setting that
 * is not taken, and U886 for what cannot be read; then undefined.
 */
export function withImports(value: DeclaredNetwork, input: Input): WithImports | undefined {
  if (value.import.length === 0) return { value, input };
  const files = value.import.map((path, index) => filesAt(path, input.originOf("import", index), input));
  const found = files.flatMap((some) => some ?? []);
  if (files.includes(undefined)) return undefined;
  const { drafts, losses } = understand(found);
  const declared = new Set(Object.keys(value.links));
  const links: Record<string, DeclaredLink> = { ...value.links };
  const kept = new Map<string, Draft>();
  for (const draft of drafts) {
    const isDeclared = declared.has(draft.name);
    const own = isDeclared ? declaredValues(draft.name, value, input) : {};
    const parsed = schema.safeParse({ links: { [draft.name]: { ...draft.values, ...own } } });
    const isThere = parsed.success && Object.hasOwn(parsed.data.links, draft.name);
    const complete = isThere ? parsed.data.links[draft.name] : undefined;
    if (complete === undefined) losses.push(wholeLink(draft, parsed.error?.issues[0]?.message ?? "it cannot be"));
    else {
      links[draft.name] = complete;
      kept.set(draft.name, draft);
    }
  }
  dropUnsound({ ...value, links }, links, kept, declared, losses);
  for (const loss of losses) {
    input.report({
      code: "U885",
      severity: "warning",
      message: `${loss.what} is not taken: ${loss.why}`,
      hint: "declare it in [network.links], if the initrd needs it",
      at: [originIn(loss.file, loss.line, loss.what), input.originOf("import")],
    });
  }
  return { value: { ...value, links }, input: inputWith(kept, declared, input) };
}

/** What a table says itself, without defaults: only that goes before what files say. */
function declaredValues(name: string, value: DeclaredNetwork, input: Input): Readonly<Record<string, unknown>> {
  const own = Object.entries(value.links[name] ?? {});
  return Object.fromEntries(own.filter(([key]) => !input.originOf("links", name, key).isDefault));
}

function wholeLink({ name, file, values }: Draft, why: string): Lost {
  const keys = Object.keys(values).join(", ");
  return { file, line: 1, what: `the link ${name}${keys === "" ? "" : ` (${keys})`}`, why };
}

/** What does not go together goes as a whole, until the rest does. */
function dropUnsound(
  value: DeclaredNetwork,
  links: Record<string, DeclaredLink>,
  kept: Map<string, Draft>,
  declared: ReadonlySet<string>,
  losses: Lost[],
): void {
  for (;;) {
    const wrong = [...kept.values()]
      .map((draft) => ({ draft, why: mistakesOf(draft.name, { ...value, links })[0]?.message }))
      .find(({ why }) => why !== undefined);
    if (wrong?.why === undefined) return;
    const { name } = wrong.draft;
    losses.push(wholeLink(wrong.draft, wrong.why));
    kept.delete(name);
    const before = declared.has(name) ? value.links[name] : undefined;
    if (before === undefined) Reflect.deleteProperty(links, name);
    else links[name] = before;
  }
}

/** All that files say, a link that several describe as one, in the order of the files. */
function understand(files: readonly NetworkFile[]): { readonly drafts: readonly Draft[]; readonly losses: Lost[] } {
  const all = files.map(understandFile);
  const losses = all.flatMap(({ lost }) => lost);
  const drafts = new Map<string, Draft>();
  for (const draft of all.flatMap((one) => one.drafts)) {
    const earlier = drafts.get(draft.name);
    if (earlier === undefined) drafts.set(draft.name, draft);
    else if ("kind" in earlier.values !== "kind" in draft.values) {
      Object.assign(earlier.values, draft.values);
      for (const [key, line] of draft.lines) earlier.lines.set(key, line);
    } else losses.push(wholeLink(draft, `${earlier.file} is about this link already`));
  }
  for (const { parent, child, lost } of all.flatMap(({ vlans }) => vlans)) {
    const draft = drafts.get(child);
    const own = draft?.values["vlan"];
    if (draft === undefined) losses.push(lost);
    else draft.values["vlan"] = { ...(isRecord(own) ? own : {}), link: parent };
  }
  return { drafts: [...drafts.values()], losses };
}

function understandFile(file: NetworkFile): Understood {
  if (file.path.endsWith(".network")) return readNetwork(file);
  if (file.path.endsWith(".netdev")) return readNetdev(file);
  if (file.path.endsWith(".nmconnection")) return readKeyfile(file);
  const why = "only .network, .netdev and .nmconnection files are taken in";
  return { drafts: [], vlans: [], lost: [{ file: file.path, line: 1, what: "the file", why }] };
}

/** The files of a directory of the sysroot in the order that networkd reads them, or the one file. */
function filesAt(path: string, origin: Origin, input: Input): readonly NetworkFile[] | undefined {
  const found = path.startsWith("/") ? resolve(input.sysroot, path) : undefined;
  if (found?.found !== true || found.stat.type !== "directory") {
    const bytes = input.readFile(path, origin);
    return bytes === undefined ? undefined : [{ path, text: textOf(bytes) }];
  }
  const names = input.sysroot.list(found.path);
  if (names.length === 0) {
    input.report({
      code: "U886",
      severity: "error",
      message: `${path} has no files`,
      hint: `looked in ${input.sysroot.name}`,
      at: [origin],
    });
    return undefined;
  }
  return names.map((name) => {
    const file = `${path}/${name}`;
    const at = resolve(input.sysroot, file);
    const isFile = at.found && at.stat.type === "file" && at.stat.size <= largest;
    return {
      path: isFile ? file : `${file}/`,
      text: isFile ? textOf(input.sysroot.readAt(at.path, 0, at.stat.size)) : "",
    };
  });
}

/** Bytes; no such file has more. */
const largest = 1024 ** 2;

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function originIn(file: string, line: number, path: string): Origin {
  return { file, path, line, column: 1, isDefault: false };
}

/** Values of imported links come from their files. */
function inputWith(kept: ReadonlyMap<string, Draft>, declared: ReadonlySet<string>, input: Input): Input {
  return {
    ...input,
    originOf(...path) {
      const [first, name, key] = path;
      const draft = first === "links" && typeof name === "string" ? kept.get(name) : undefined;
      if (draft === undefined || typeof name !== "string") return input.originOf(...path);
      if (declared.has(name) && (key === undefined || !input.originOf(...path).isDefault))
        return input.originOf(...path);
      const line = typeof key === "string" ? (draft.lines.get(key) ?? 1) : 1;
      return originIn(draft.file, line, ["network", ...path].join("."));
    },
  };
}
