import { access } from "node:fs/promises";
import { seconds } from "../host/clock.ts";
import type { Child } from "../host/processes.ts";

/** Whether a program makes its socket, before it ends and within ten seconds. */
export async function listens(socket: string, child: Child): Promise<boolean> {
  const gone = child.ended.then(() => "gone");
  for (let tries = 0; tries < 500; tries++) {
    const isThere = await access(socket).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
    if ((await Promise.race([gone, seconds(0.02).over])) === "gone") return false;
  }
  return false;
}
