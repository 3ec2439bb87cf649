#!/usr/bin/env node
/** The program: owns the process. */

import { processIo } from "./io.ts";
import { run } from "./program.ts";

// The reader of a pipe may close it early: `taskwire listen | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await run(process.argv.slice(2), processIo());
