import type { Requirement } from "../plan/requirement.ts";

/** Drivers of what a person types on; a step that asks takes them. */
export const keyboards: readonly Requirement[] = [
  "i8042",
  "atkbd",
  "usbhid",
  "hid_generic",
  "xhci_pci",
  "ehci_pci",
  "ohci_pci",
  "uhci_hcd",
].map((module): Requirement => ({ is: "module", name: module, optional: true, why: "a keyboard at the prompt" }));
