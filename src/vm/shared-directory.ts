import { join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { programPath, startChild } from "../host/processes.ts";
import { byteLog } from "./byte-log.ts";
import { listens } from "./listens.ts";

/** A directory of this machine that the guest sees, by the tag that it is mounted by. */
export interface SharedDirectory {
  readonly tag: string;
  readonly by: "9p" | "virtiofs";
  readonly directory: string;
  /** Only with 9p: virtiofsd(1) of QEMU 7 knows no such option. */
  readonly isReadOnly: boolean;
}

/** Shares for one boot: the arguments of QEMU, and what serves them until then. */
export interface Shares {
  readonly args: readonly string[];
  stop(): Promise<void>;
}

/** The program comes with QEMU 7, or as a package of its own. */
const virtiofsdPlaces = ["virtiofsd", "/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"] as const;

export const noVirtiofsd: Diagnostic = {
  code: "U840",
  severity: "error",
  message: "the program virtiofsd is not installed on this machine",
  hint: "on Debian 12 it is part of qemu-system-common, later a package of its own: apt install virtiofsd",
  at: [],
};

/**
 * Offers the directories to a guest with so many MiB. `scratch` takes sockets. Throws what virtiofsd says when it does not
 * start; `undefined` when it is not there.
 */
export async function startShares(
  shares: readonly SharedDirectory[],
  memory: number,
  scratch: string,
): Promise<Shares | undefined> {
  const served = shares.filter(({ by }) => by === "virtiofs");
  const virtiofsd = virtiofsdPlaces.map((place) => programPath(place)).find((path) => path !== undefined);
  if (served.length > 0 && virtiofsd === undefined) return undefined;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops) await one();
  };
  try {
    for (const [index, share] of served.entries()) {
      stops.push(await serve(virtiofsd ?? "", share, socketOf(index, scratch)));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    args: [
      ...shares.filter(({ by }) => by === "9p").flatMap(plan9Arguments),
      ...(served.length === 0 ? [] : sharedMemory(memory)),
      ...served.flatMap(({ tag }, index) => [
        ...["-chardev", `socket,id=share${index},path=${quoted(socketOf(index, scratch))}`],
        ...["-device", `vhost-user-fs-pci,chardev=share${index},tag=${quoted(tag)}`],
      ]),
    ],
    stop,
  };
}

function socketOf(index: number, scratch: string): string {
  return join(scratch, `share-${index}`);
}

function plan9Arguments({ tag, directory, isReadOnly }: SharedDirectory, index: number): readonly string[] {
  const readOnly = isReadOnly ? ",readonly=on" : "";
  return [
    ...["-fsdev", `local,id=plan9-${index},path=${quoted(directory)},security_model=none${readOnly}`],
    ...["-device", `virtio-9p-pci,fsdev=plan9-${index},mount_tag=${quoted(tag)}`],
  ];
}

/** The other process reads and writes the guest's memory. */
function sharedMemory(memory: number): readonly string[] {
  return ["-object", `memory-backend-memfd,id=memory,size=${memory}M,share=on`, "-machine", "memory-backend=memory"];
}

async function serve(virtiofsd: string, { directory }: SharedDirectory, socket: string): Promise<() => Promise<void>> {
  const child = await startChild(virtiofsd, [`--socket-path=${socket}`, "-o", `source=${directory}`], { channels: 0 });
  const said = byteLog(64 * 1024);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Uint8Array) => said.add(piece));
  child.stdin.end();
  const stop = (): Promise<void> => child.stop().then(() => undefined);
  if (await listens(socket, child)) return stop;
  await stop();
  throw new Error(`virtiofsd does not start: ${Buffer.from(said.bytes()).toString("utf8").trim()}`);
}

/** QEMU separates the parts of an option with commas, and takes two of them for one that is meant. */
function quoted(value: string): string {
  return value.replaceAll(",", ",,");
}
