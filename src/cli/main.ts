#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";
import { realContext } from "./real-context.ts";

const status = await runCommandLine(process.argv.slice(2), realContext());
process.exitCode ??= status;
