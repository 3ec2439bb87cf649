/**
 * The command line: flags in, one line when it listens, out on SIGTERM or SIGINT.
 *
 * Owns the process. What the emulator does is not its business.
 */

import { startEmulator } from "./emulator.ts";
import { helpText, parseFlags } from "./flags.ts";
import type { EmulatorOptions } from "./options.ts";

function readFlags(): EmulatorOptions | "help" {
  try {
    return parseFlags(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

const flags = readFlags();
if (flags === "help") {
  console.log(helpText());
} else {
  try {
    const emulator = await startEmulator(flags);
    const stop = () => void emulator.close().then(() => process.exit(0));
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    console.log(`emulator ready ${emulator.url}`);
  } catch (error) {
    console.error(`emulator: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
