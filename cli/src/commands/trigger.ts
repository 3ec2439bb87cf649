/** `trigger`: sends what a provider would send, signed as the provider signs it. */

import type { Command } from "commander";
import type { Context } from "../context.ts";
import { EXIT, Failure } from "../errors.ts";
import { FIXTURES } from "../fixtures.ts";
import { judged } from "../format.ts";
import { oneOf, several } from "../options.ts";
import { post } from "../post.ts";
import type { Registry } from "../program.ts";
import { PROVIDERS, type Provider, webhookHeaders } from "../signing.ts";
import { bodyOf, keysOf, placeOf, providerOf, webhookOf } from "../trigger.ts";

interface Options {
  task?: string;
  provider?: Provider;
  set?: string[];
  remove?: string[];
  to?: string;
  yes?: boolean;
  dryRun?: boolean;
}

const RECENT = 5;

/** What became of it, where there is a key to ask with. A deployment that keeps no deliveries does not say. */
async function verdictOf(context: Context, { task, id }: { task: string | undefined; id: string | undefined }) {
  if (context.key() === undefined || id === undefined) return null;
  try {
    const { deliveries } = await context.admin().deliveries({ task, limit: RECENT });
    return deliveries.find(({ providerDelivery }) => providerDelivery === id)?.verdict ?? null;
  } catch {
    return null;
  }
}

function refused(status: number, message: string | null, name: string, from: string): Failure {
  const said = message ?? `The deployment has answered ${status}.`;
  if (status === 401)
    return new Failure(
      `${said} ${name} from ${from} is not the deployment's, or the address is not this task's.`,
      EXIT.auth,
    );
  return new Failure(said, status === 403 ? EXIT.auth : status === 429 ? EXIT.rateLimited : EXIT.error);
}

export function triggerCommand(root: Command, { add, does }: Registry): void {
  const trigger = add(
    root,
    "trigger <event>",
    "sends a provider's event, signed with the secret in the environment or .dev.vars",
  )
    .option("--task <id>", "the task, or the channel, that it is about")
    .option("--set <path=value>", "changes the payload: data.result.images[0].url=https://…; may be repeated", several)
    .option("--remove <path>", "removes something of the payload; may be repeated", several)
    .option("--provider <name>", "for an event that nobody knows: mynth or modelriver", oneOf("--provider", PROVIDERS))
    .option("--to <address>", "the webhook's address with its token, for replicate and fal")
    .option("--dry-run", "prints the payload, and sends nothing")
    .option("--yes", "does not ask")
    .addHelpText(
      "after",
      () => `\nEvents:\n${[...FIXTURES].map(([name, { provider }]) => `  ${name.padEnd(40)}${provider}`).join("\n")}`,
    );
  does<Options>(trigger, async (context, options, event = "") => {
    const { output, settings, base } = context;
    const { task, to, yes = false, dryRun = false } = options;
    const asked = { event, task, to, provider: options.provider, set: options.set ?? [], remove: options.remove ?? [] };
    const provider = providerOf(asked);
    // Arguments are checked before the confirmation is asked for.
    const draft = bodyOf(provider, asked, { path: "", webhook: to }, settings);
    if (dryRun) {
      output.result(draft, () => JSON.stringify(draft, null, 2).split("\n"));
      return;
    }
    const { name, from, ...keys } = keysOf(provider, settings);
    const place = await placeOf(provider, asked, settings);
    await context.confirm(`Send ${event} of ${provider} to ${base}?`, yes);
    const body = bodyOf(provider, asked, place, settings);
    const webhook = webhookOf(provider, event, body);
    const headers = webhookHeaders(webhook, keys, Math.floor(Date.now() / 1000));
    const { status, message } = await post(base + place.path, webhook.body, headers);
    if (status !== 200) throw refused(status, message, name, from);
    const verdict = await verdictOf(context, { task, id: headers["webhook-id"] });
    output.result({ event, provider, task: task ?? null, status, verdict }, () => [
      `${event} is taken${verdict ? `: ${judged(verdict, output.colors)}` : ""}  (signed with ${name} from ${from})`,
    ]);
  });
}
