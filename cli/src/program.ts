/** The command line: what there is, and how a command ends. */

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { USUAL_URL } from "./address.ts";
import { deliveriesCommand } from "./commands/deliveries.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { eventsCommand } from "./commands/events.ts";
import { listenCommand } from "./commands/listen.ts";
import { replayCommand } from "./commands/replay.ts";
import { statsCommand } from "./commands/stats.ts";
import { tasksCommand } from "./commands/tasks.ts";
import { triggerCommand } from "./commands/trigger.ts";
import { Context, type GlobalOptions, KEY } from "./context.ts";
import { EXIT, endingOf } from "./errors.ts";
import type { Io } from "./io.ts";
import { Output } from "./output.ts";

/** Runs a command with its context. It returns its exit code, if that is not 0. */
export type Act<Options> = (context: Context, options: Options, ...args: string[]) => Promise<number | undefined>;

/** Where commands are added. */
export interface Registry {
  add(parent: Command, nameAndArgs: string, does: string, how?: { isDefault?: boolean }): Command;
  /** Sets what a command does. `streams`: it prints lines of JSON, and not one document. */
  does<Options>(command: Command, act: Act<Options>, how?: { streams?: boolean }): void;
}

const version = (): string =>
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version as string;

const AFTER = `
Environment:
  ${KEY}    a server key with the scope admin
  TASKWIRE_URL    the deployment, unless --url is given

Exit codes: 0 ok, 1 error, 2 usage, 3 not authorized, 6 rate limited.`;

/** How the command has ended. */
interface Ended {
  code: number;
  /** It prints one document, and not a line for each thing. */
  isOneDocument: boolean;
}

export function program(io: Io, ended: Ended): Command {
  const root = new Command("taskwire")
    .description("taskwire from the terminal")
    .option("--url <address>", `the deployment (TASKWIRE_URL, or ${USUAL_URL})`)
    .option("--json", "prints JSON: one document, or a line for each thing where they keep coming")
    .version(version(), "--version", "says which version this is")
    .helpOption("-h, --help", "says what there is")
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.out.write(text),
      writeErr: (text) => void io.err.write(text),
      // It is said once, when the command ends.
      outputError: () => {},
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText("after", AFTER);
  const registry: Registry = {
    add: (parent, nameAndArgs, does, how = {}) => parent.command(nameAndArgs, how).description(does),
    does(command, act, { streams = false } = {}) {
      command.action(async (...given: unknown[]) => {
        ended.isOneDocument = !streams;
        const args = given.slice(0, command.registeredArguments.length) as string[];
        const context = new Context(io, command.optsWithGlobals<GlobalOptions>());
        ended.code = (await act(context, command.opts() as never, ...args)) ?? EXIT.ok;
      });
    },
  };
  for (const add of [
    listenCommand,
    triggerCommand,
    deliveriesCommand,
    replayCommand,
    tasksCommand,
    eventsCommand,
    statsCommand,
    doctorCommand,
  ])
    add(root, registry);
  return root;
}

/** Runs a command line, and returns its exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const ended: Ended = { code: EXIT.ok, isOneDocument: true };
  const root = program(io, ended);
  try {
    await root.parseAsync(args, { from: "user" });
    return ended.code;
  } catch (error) {
    // Help and the version have been printed.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT.usage;
    const { url, json = false } = root.opts<GlobalOptions>();
    const ending = endingOf(error, url ?? io.env.TASKWIRE_URL ?? USUAL_URL);
    new Output({ isJson: json, ...io }).fail(ending, ended.isOneDocument);
    return ending.exit;
  }
}
