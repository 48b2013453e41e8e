import { name } from "../config/schema.ts";

/**
 * The device mapper spells other characters differently in /dev/mapper (libdm's mangling), and a name that begins with
 * a dash is an option to the programs that get it.
 */
export const mappingName = name
  .regex(
    /^[A-Za-z0-9#+.:=@_][A-Za-z0-9#+.:=@_-]*$/,
    "the name of a mapping has letters, digits and #+-.:=@_, and does not begin with a dash",
  )
  .refine((text) => text !== "control", "/dev/mapper/control is the device mapper itself")
  .meta({ title: "name" });
