import type { Document } from "./document.ts";

export function documentHtml(document: Document): string {
  return document.title;
}
