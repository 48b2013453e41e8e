import { runTool } from "./tool.ts";

/** Makes a disk over another one, which stays what it is. Throws `CannotMake`. */
export async function makeOverlay(base: string, path: string): Promise<void> {
  await runTool("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", base, path]);
}

/** Writes down what a disk over another one holds, as a sparse file. Throws `CannotMake`. */
export async function flatten(overlay: string, path: string): Promise<void> {
  await runTool("qemu-img", ["convert", "-q", "-f", "qcow2", "-O", "raw", overlay, path]);
}
