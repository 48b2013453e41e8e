import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startChild } from "../host/processes.ts";
import { byteLog } from "./byte-log.ts";
import { listens } from "./listens.ts";

/** A TPM 2.0 made of software, for one boot. */
export interface Tpm {
  /** Where QEMU reaches it. */
  readonly socket: string;
  stop(): Promise<void>;
}

/**
 * Starts swtpm(8) with the state in a directory, which is made when it is not there. `scratch` takes the socket. Throws
 * what swtpm says when it does not start.
 */
export async function startTpm(swtpm: string, state: string, scratch: string): Promise<Tpm> {
  await mkdir(state, { recursive: true, mode: 0o700 });
  const socket = join(scratch, "tpm");
  const child = await startChild(
    swtpm,
    ["socket", "--tpm2", "--tpmstate", `dir=${state},mode=0600`, "--ctrl", `type=unixio,path=${socket},mode=0600`],
    { channels: 0 },
  );
  const said = byteLog(64 * 1024);
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Uint8Array) => said.add(piece));
  child.stdin.end();
  if (await listens(socket, child)) return { socket, stop: () => child.stop().then(() => undefined) };
  await child.stop();
  throw new Error(`swtpm does not start: ${Buffer.from(said.bytes()).toString("utf8").trim()}`);
}
