/** A library that an object opens with dlopen(3), as the object itself tells. */
export interface DlopenNote {
  readonly feature: string | undefined;
  readonly description: string | undefined;
  readonly priority: "required" | "recommended" | "suggested";
  /** Alternatives, the preferred one first; one of them is enough. */
  readonly sonames: readonly [string, ...string[]];
}

/**
 * The text of an ELF note of type dlopen: a JSON array, an object for each library
 * (https://uapi-group.org/specifications/specs/elf_dlopen_metadata/). Undefined when it is not that.
 */
export function parseDlopenNotes(json: string): readonly DlopenNote[] | undefined {
  const parsed = parseJson(json);
  if (!Array.isArray(parsed)) return undefined;
  const notes: DlopenNote[] = [];
  for (const entry of parsed) {
    const note = noteOf(entry);
    if (note === undefined) return undefined;
    notes.push(note);
  }
  return notes;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function noteOf(entry: unknown): DlopenNote | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const soname: unknown = "soname" in entry ? entry.soname : undefined;
  if (!Array.isArray(soname)) return undefined;
  const [first, ...rest] = soname.filter((name): name is string => typeof name === "string");
  if (first === undefined || rest.length + 1 !== soname.length) return undefined;
  return {
    feature: "feature" in entry && typeof entry.feature === "string" ? entry.feature : undefined,
    description: "description" in entry && typeof entry.description === "string" ? entry.description : undefined,
    priority: priorityOf("priority" in entry ? entry.priority : undefined),
    sonames: [first, ...rest],
  };
}

/** The specification's default is "recommended". */
function priorityOf(value: unknown): DlopenNote["priority"] {
  return value === "required" || value === "suggested" ? value : "recommended";
}
