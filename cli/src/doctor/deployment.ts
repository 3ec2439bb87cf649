/** Whether the deployment answers, is ready, and has the right time. */

import { whyNoAnswer } from "../errors.ts";
import { type Check, fail, type Got, get, ok, refusalIn, warn } from "./check.ts";

/** What is signed may be this old, or this far ahead. */
const TOLERANCE_S = 300;
const NOTABLE_S = 30;

/** How far ahead the other clock is, in seconds. The header counts whole seconds. Undefined where there is none. */
export function skewOf({ headers, askedAt, ms }: Pick<Got, "headers" | "askedAt" | "ms">): number | undefined {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? undefined : (date + 500 - (askedAt + ms / 2)) / 1000;
}

export function clockCheck(got: Pick<Got, "headers" | "askedAt" | "ms">, isLocal: boolean): Check {
  const skew = skewOf(got);
  if (skew === undefined) return ok("clock", isLocal ? "the deployment is on this machine" : "the answer has no Date");
  const off = Math.round(Math.abs(skew));
  const said = `this machine's clock is ${off} s ${skew > 0 ? "behind" : "ahead"}`;
  const remedy = "Let it be set over the network: webhooks and tokens that are made here are refused when it is wrong.";
  if (off >= TOLERANCE_S - NOTABLE_S) return fail("clock", said, remedy);
  return off > NOTABLE_S ? warn("clock", said, remedy) : ok("clock", `within ${Math.max(1, off)} s of this machine's`);
}

const isSecret = (name: string) => /_(SECRET|KEY|KEYS|TOKEN)$|^TASKWIRE_TOKEN_SECRET$/.test(name);
const isBinding = (name: string) => /^(DB|TASKS|FEEDS|ASSETS)$/.test(name);

/** What to do about one issue of `/readyz`. */
export function remedyFor(path: string, isLocal: boolean): string {
  if (isBinding(path)) return `Bind ${path} in wrangler.jsonc, as the newest template has it, and deploy.`;
  if (isLocal) return `Set ${path} in .dev.vars, and start it again.`;
  if (isSecret(path)) return `npx wrangler secret put ${path}`;
  return `Set ${path} under "vars" in wrangler.jsonc, and deploy.`;
}

function readyChecks(got: Got, isLocal: boolean): Check[] {
  if (got.status === 200) return [ok("readyz", "bindings, settings and migrations are there")];
  const { code, message, issues } = refusalIn(got);
  if (code === "http_404")
    return [fail("readyz", "there is no /readyz: this is no taskwire", "Name the deployment with --url.")];
  // The database and the code are of two versions: the message says what has to be done.
  if (/^D1 (lacks|has) /.test(message)) {
    const where = isLocal ? "--local" : "--remote";
    const lacks = message.startsWith("D1 lacks");
    const remedy = lacks ? `npx wrangler d1 migrations apply DB ${where}` : "npm update, and deploy.";
    return [fail("readyz", message, remedy)];
  }
  const isFirst = ({ path, message: why }: (typeof issues)[0], i: number) =>
    i === issues.findIndex((each) => each.path === path && each.message === why);
  const named = issues.filter(({ path }) => path).filter(isFirst);
  if (named.length === 0) return [fail("readyz", message, "See its logs: npx wrangler tail")];
  return named.map(({ path, message: why }) => fail("readyz", `${path} ${why}`, remedyFor(path, isLocal)));
}

export interface Reached {
  checks: Check[];
  /** Without it nothing else can be checked. */
  isThere: boolean;
}

export async function deploymentChecks(base: string, isLocal: boolean): Promise<Reached> {
  let alive: Got;
  try {
    alive = await get(`${base}/healthz`);
  } catch (error) {
    const remedy = isLocal
      ? "Start it with npm run dev, or name another with --url."
      : "Check the address, and that it is deployed.";
    return { checks: [fail("healthz", `${base} does not answer (${whyNoAnswer(error)})`, remedy)], isThere: false };
  }
  if (alive.status !== 200 || (alive.body as { ok?: unknown } | undefined)?.ok !== true) {
    const said = `${base}/healthz has answered ${alive.status}, and not as taskwire does`;
    return { checks: [fail("healthz", said, "Name the deployment with --url.")], isThere: false };
  }
  const healthy = ok("healthz", `${base} answers in ${alive.ms} ms`);
  try {
    const ready = await get(`${base}/readyz`);
    return { checks: [healthy, ...readyChecks(ready, isLocal), clockCheck(alive, isLocal)], isThere: true };
  } catch (error) {
    const silent = fail("readyz", `/readyz does not answer (${whyNoAnswer(error)})`, "See its logs: npx wrangler tail");
    return { checks: [healthy, silent, clockCheck(alive, isLocal)], isThere: true };
  }
}
