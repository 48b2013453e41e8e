import { StringDecoder } from "node:string_decoder";

/** Turns what a serial console sends into text, piece by piece: no escape sequences, no carriage returns. */
export interface ConsoleText {
  /** The text of this piece; what may be half an escape sequence waits for the next. */
  add(piece: Uint8Array): string;
}

export function consoleText(): ConsoleText {
  const decoder = new StringDecoder("utf8");
  let waiting = "";
  return {
    add(piece) {
      const raw = waiting + decoder.write(Buffer.from(piece));
      const cut = unfinished.exec(raw)?.index ?? raw.length;
      waiting = raw.slice(cut);
      return withoutEscapes(raw.slice(0, cut));
    },
  };
}

function withoutEscapes(raw: string): string {
  return raw.replaceAll(escapes, "").replaceAll(controls, "");
}

// ECMA-48: control sequences, strings (OSC, DCS, SOS, PM, APC) up to BEL or ST, two- and three-character escapes.
const escapes =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|[ -/]+[0-~]|[0-OQ-WYZ\\`-~])/g;
const unfinished = /\u001b(?:\[[0-?]{0,64}[ -/]{0,8}|[\]PX^_][^\u0007\u001b]{0,4096}\u001b?|[ -/]{0,8})?$/;
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
