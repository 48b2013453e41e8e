import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs `work` with a directory that only we can enter (0700) and that is gone afterwards, also when the process exits
 * meanwhile. What a killed process leaves lies in the system's directory for temporary files.
 */
export async function withPrivateDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "unitrd-vm-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.on("exit", remove);
  try {
    return await work(directory);
  } finally {
    process.off("exit", remove);
    await rm(directory, { recursive: true, force: true });
  }
}
