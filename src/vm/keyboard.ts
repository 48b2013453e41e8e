import { seconds } from "../host/clock.ts";
import type { Monitor } from "./monitor.ts";

export interface Keyboard {
  /** Presses the keys that give this text on a US keyboard; a newline is Enter. Throws for a character it has no key for. */
  press(text: string): void;
  detach(): void;
}

/** The keyboard of a machine, through its monitor. */
export function attachKeyboard(monitor: Pick<Monitor, "command">): Keyboard {
  let isAttached = true;
  let last = Promise.resolve();
  const pressOne = async (keys: readonly string[]) => {
    if (!isAttached) return;
    await monitor.command("send-key", { keys: keys.map(qcode), "hold-time": 40 });
    // A guest under emulation loses keys that come faster than it reads them.
    await seconds(0.15).over;
  };
  return {
    press(text) {
      for (const keys of keyPresses(text)) last = last.then(() => pressOne(keys));
    },
    detach() {
      isAttached = false;
    },
  };
}

function qcode(data: string): { readonly type: "qcode"; readonly data: string } {
  return { type: "qcode", data };
}

/** For each character the keys that are held together, by QEMU's names of them (QKeyCode). */
export function keyPresses(text: string): readonly (readonly string[])[] {
  return [...text].map((character) => {
    const plain = /^[a-z0-9]$/.test(character) ? character : named.get(character);
    if (plain !== undefined) return [plain];
    const shifted = /^[A-Z]$/.test(character) ? character.toLowerCase() : undefined;
    if (shifted !== undefined) return ["shift", shifted];
    throw new Error(`there is no key for ${JSON.stringify(character)}`);
  });
}

const named: ReadonlyMap<string, string> = new Map([
  ["\n", "ret"],
  [" ", "spc"],
  ["-", "minus"],
  ["=", "equal"],
  [";", "semicolon"],
  [",", "comma"],
  [".", "dot"],
  ["/", "slash"],
]);
