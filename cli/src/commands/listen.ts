/** `listen`: shows deliveries or events as they come, and forwards them. */

import type { Command } from "commander";
import { TaskwireError } from "../../../client/src/error.ts";
import { addressIn } from "../address.ts";
import type { Context } from "../context.ts";
import { Failure, usage } from "../errors.ts";
import { follow, insist, type Source } from "../follow.ts";
import { deliveryLine, eventLine } from "../format.ts";
import { type Forwarded, forward, type Letter } from "../forward.ts";
import { deliveryLetter, deliverySource, eventLetter, eventSource, type To } from "../listen.ts";
import { localKeySet, localSecret } from "../local_secret.ts";
import { number, oneOf } from "../options.ts";
import type { Colors } from "../output.ts";
import type { Registry } from "../program.ts";
import { type Listener, type Position, START, StateFile, stateFile, stateFolder } from "../state.ts";

const FROM = ["cursor", "now", "start"] as const;
const EVERY_S = 2;
const INVALID = 422;

interface Options {
  forwardTo?: string;
  events?: boolean;
  task?: string;
  verdict?: string;
  printSecret?: boolean;
  from: (typeof FROM)[number];
  /** `--no-wait` */
  wait: boolean;
  interval: number;
}

/** A stream: where it comes from, how one of it is shown, and what is sent on. */
interface Stream<T> {
  source: Source<T>;
  name: "delivery" | "event";
  line(item: T, colors: Colors): string;
  letter(item: T, to: To): Promise<Letter | string>;
}

const answered = ({ status, error, ms, attempts, isTaken }: Forwarded, colors: Colors): string => {
  const said = status === null ? `no answer (${error})` : String(status);
  const text = `${said} after ${ms} ms${attempts > 1 ? `, ${attempts} attempts` : ""}`;
  return isTaken ? colors.green(`-> ${text}`) : colors.red(`-> ${text}, skipped`);
};

/** Where to begin, and whether that is new. */
async function begin<T>(state: StateFile, source: Source<T>, from: Options["from"]): Promise<[Position, string]> {
  const saved = from === "cursor" ? state.read() : undefined;
  if (saved) return [saved, "going on from the last time"];
  return from === "start" ? [START, "from the oldest that is kept"] : [await source.end(), "from now on"];
}

async function run<T>(context: Context, stream: Stream<T>, listener: Listener, options: Options): Promise<undefined> {
  const { output, io, base } = context;
  const { source, name, line, letter } = stream;
  const folder = stateFolder(io.env);
  const state = new StateFile(stateFile(folder, listener));
  const signal = io.stopped();
  const say = (text: string) => output.warn(text);
  const begun = await insist(() => begin(state, source, options.from), { signal, say });
  if (!begun) return undefined;
  const [position, how] = begun;
  state.write(position);
  const target = options.forwardTo;
  const to = target && { admin: context.admin(), target, secret: localSecret(folder) };
  output.note(`Listening to ${listener.stream} of ${base}, ${how}${target ? `, for ${target}` : ""}. Ctrl-C ends it.`);

  const send = async (item: T): Promise<{ sent: Forwarded | string | null } | undefined> => {
    if (!to) return { sent: null };
    const made = await insist(() => letter(item, to), { signal, say });
    if (made === undefined) return undefined;
    if (typeof made === "string") return { sent: made };
    const sent = await forward(made, { skips: !options.wait, say, signal });
    return sent && { sent };
  };
  const handle = async (item: T): Promise<boolean> => {
    const done = await send(item);
    if (!done) return false;
    const { sent } = done;
    const forwarded = sent === null ? {} : { forward: typeof sent === "string" ? { notSent: sent } : sent };
    output.line({ [name]: item, ...forwarded }, () => {
      const { colors } = output;
      const shown = line(item, colors);
      if (sent === null) return shown;
      return `${shown}  ${typeof sent === "string" ? colors.dim(`-> not sent: ${sent}`) : answered(sent, colors)}`;
    });
    return true;
  };
  try {
    await follow({
      source,
      position,
      handle,
      say,
      signal,
      save: (reached) => state.write(reached),
      intervalMs: options.interval * 1000,
    });
  } catch (error) {
    if (
      error instanceof TaskwireError &&
      error.status === INVALID &&
      error.issues.some(({ path }) => path === "cursor")
    )
      throw new Failure(`${base} does not know the cursor of the last time: give --from start or --from now.`);
    throw error;
  }
  return undefined;
}

function printSecret({ io, output }: Context): void {
  const secret = localSecret(stateFolder(io.env));
  output.result({ secret, falKeySet: localKeySet(secret) }, () => [secret]);
}

export function listenCommand(root: Command, { add, does }: Registry): void {
  const listen = add(root, "listen", "shows webhooks as they come, and forwards them, signed")
    .option("--forward-to <address>", "where each is sent by POST; {provider} stands for the provider's name")
    .option("--events", "the events for the app's own backend, and not the providers' webhooks")
    .option("--task <id>", "those of a task or a channel")
    .option("--verdict <words>", "deliveries with this verdict, or one of several: applied,duplicate")
    .option("--print-secret", "prints what is signed with here, and ends")
    .option(
      "--from <place>",
      "cursor: where the last run has come to, or now; now; start: the oldest that is kept",
      oneOf("--from", FROM),
      "cursor" as const,
    )
    .option("--no-wait", "goes on with the next after one that could not be forwarded")
    .option("--interval <seconds>", "the pause between two looks", number("--interval", 0.1, 60), EVERY_S);
  does<Options>(
    listen,
    async (context, options) => {
      const { events = false, task, verdict, forwardTo } = options;
      if (options.printSecret) {
        printSecret(context);
        return undefined;
      }
      if (events && verdict !== undefined) throw usage("--verdict is for deliveries: events have none.");
      if (forwardTo !== undefined) addressIn(forwardTo.replaceAll("{provider}", "provider"), "--forward-to");
      if (!options.wait && forwardTo === undefined) throw usage("--no-wait is for --forward-to.");
      const listener: Listener = {
        url: context.base,
        stream: events ? "events" : "deliveries",
        filter: { task, verdict },
        target: forwardTo,
      };
      const admin = context.admin();
      const signal = context.io.stopped();
      if (events) {
        const source = eventSource(admin, { task }, signal);
        return run(context, { source, name: "event", line: eventLine, letter: eventLetter }, listener, options);
      }
      const source = deliverySource(admin, { task, verdict }, signal);
      return run(context, { source, name: "delivery", line: deliveryLine, letter: deliveryLetter }, listener, options);
    },
    { streams: true },
  );
}
