#!/usr/bin/env node
/**
 * The command line: flags in, one line when it listens, out on SIGTERM or SIGINT. After `--`, a command that runs
 * beside it: the emulator ends with that.
 *
 * Owns the process. What the emulator does is not its business.
 */

import { runBeside } from "./beside.ts";
import { startEmulator } from "./emulator.ts";
import { helpText, parseFlags } from "./flags.ts";
import type { EmulatorOptions } from "./options.ts";
import { settingsFrom, takeVarsFlag } from "./vars.ts";

interface Asked {
  options: EmulatorOptions;
  command: string[];
}

function readArguments(args: string[]): Asked | "help" {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const command = end < 0 ? [] : args.slice(end + 1);
  try {
    const { file, rest } = takeVarsFlag(own);
    const options = parseFlags(rest, file === undefined ? undefined : settingsFrom(file));
    return options === "help" ? "help" : { options, command };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

const asked = readArguments(process.argv.slice(2));
if (asked === "help") {
  console.log(helpText());
} else {
  try {
    const emulator = await startEmulator(asked.options);
    console.log(`emulator ready ${emulator.url}`);
    const stop = (code: number) => void emulator.close().then(() => process.exit(code));
    if (asked.command.length > 0) {
      stop(await runBeside(asked.command));
    } else {
      process.once("SIGTERM", () => stop(0));
      process.once("SIGINT", () => stop(0));
    }
  } catch (error) {
    console.error(`emulator: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
