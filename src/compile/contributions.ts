import type { Origin, Report } from "../diagnostics/diagnostic.ts";
import type { CommandOutput, Contribution, Feature, HostKey, Input } from "../features/feature.ts";
import { features } from "../features/list.ts";
import { secretPath, type DeclaredSecret } from "../features/secrets/declared.ts";
import type { Tree } from "../sysroot/tree.ts";
import { resolve, unresolvedPhrase } from "../sysroot/resolve.ts";
import type { Declaration } from "./declaration.ts";

/** What of the world a feature may read. */
export interface Sources {
  readonly sysroot: Tree;
  /** The tree below the directory of a file of the declaration. */
  treeBeside(file: string): Tree;
  /** The text of a file of unitrd's own templates/. */
  template(path: string): string;
  /** /sys of the machine on which the image is built. */
  machine(): Tree;
  /** Unpacks gzip; undefined when the bytes are not gzip. */
  gunzip(bytes: Uint8Array): Uint8Array | undefined;
  /** Runs a program for a file of the declaration; without this none is run. */
  runCommand?(file: string, command: readonly string[]): CommandOutput;
  /** As `Input.hostKey`, beside a file of the declaration; without this none is made. */
  hostKey?(file: string, name: string, origin: Origin, report: Report): HostKey | undefined;
}

/** Asks every feature for its steps and its part of the image. */
export function contributions(declaration: Declaration, sources: Sources, report: Report): readonly Contribution[] {
  const all: Readonly<Record<string, Feature>> = features;
  const values: Readonly<Record<string, unknown>> = declaration.value;
  checkReachable(declaration, report);
  return Object.entries(all).map(([key, feature]) =>
    feature.contribute(values[key], inputFor(key, declaration, sources, report)),
  );
}

/** What one table needs of another. */
function checkReachable(declaration: Declaration, report: Report): void {
  const { value } = declaration;
  if (value.ssh === undefined || Object.keys(value.network.links).length + value.network.import.length > 0) return;
  report({
    code: "U925",
    severity: "error",
    message: "[ssh] without [network]: nobody could reach the server",
    hint: 'add [network] links."*" = { dhcp = true }',
    at: [declaration.originOf("ssh")],
  });
}

function inputFor(key: string, declaration: Declaration, sources: Sources, report: Report): Input {
  return {
    originOf: (...path) => declaration.originOf(key, ...path),
    secretPath: (name) => {
      const secrets: Readonly<Record<string, DeclaredSecret>> = declaration.value.secrets;
      return Object.hasOwn(secrets, name) && secrets[name] !== undefined ? secretPath(name, secrets[name]) : undefined;
    },
    sysroot: sources.sysroot,
    machine: () => sources.machine(),
    report,
    template: (path) => sources.template(path),
    gunzip: (bytes) => sources.gunzip(bytes),
    runCommand: (command, origin) => sources.runCommand?.(origin.file, command) ?? { ok: false, because: "not run" },
    hostKey: (name, origin) =>
      sources.hostKey === undefined ? "not made" : sources.hostKey(origin.file, name, origin, report),
    readFile: (named, origin) => {
      const isAbsolute = named.startsWith("/");
      const tree = isAbsolute ? sources.sysroot : sources.treeBeside(origin.file);
      const found = resolve(tree, isAbsolute ? named : `/${named}`);
      if (found.found && found.stat.type === "file") return tree.readAt(found.path, 0, found.stat.size);
      report({
        code: "U180",
        severity: "error",
        message: `${named} cannot be read: ${found.found ? `it is a ${found.stat.type}` : unresolvedPhrase(found)}`,
        hint: isAbsolute
          ? `an absolute path is taken from the sysroot, ${tree.name}`
          : `a relative path lies beside the declaration, below ${tree.name}`,
        at: [origin],
      });
      return undefined;
    },
  };
}
