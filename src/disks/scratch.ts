import { mkdir, rm } from "node:fs/promises";

/** Runs `use` with a new private directory that is gone afterwards. */
export async function inScratch(path: string, use: (directory: string) => Promise<void>): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  try {
    await use(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}
