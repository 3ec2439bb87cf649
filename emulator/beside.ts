/** A command that runs beside the emulator, in the same terminal: its keys, its colours and its signals are its own. */

import { spawn } from "node:child_process";
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `command` to its end: its exit code, or a shell's for a signal. Signals are passed on, and it decides. */
export function runBeside([command = "", ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    // npm's programs are scripts of the shell on Windows.
    const child = spawn(command, args, { stdio: "inherit", shell: process.platform === "win32" });
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    // A terminal sends SIGINT to both: the child has its own.
    for (const signal of SIGNALS) process.on(signal, signal === "SIGINT" && process.stdin.isTTY ? () => {} : pass);
    child.once("error", (error) => reject(new Error(`cannot run ${command}: ${error.message}`)));
    child.once("exit", (code, signal) => {
      for (const each of SIGNALS) process.removeAllListeners(each);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
