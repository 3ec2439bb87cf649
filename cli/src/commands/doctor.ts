/** `doctor`: what is wrong, and what to do about it. */

import type { Command } from "commander";
import { addressIn } from "../address.ts";
import { type Check, fail } from "../doctor/check.ts";
import { deploymentChecks } from "../doctor/deployment.ts";
import { keyChecks } from "../doctor/key.ts";
import { issuerChecks, issuerOf, tokenChecks } from "../doctor/sign_in.ts";
import { webhookChecks } from "../doctor/webhooks.ts";
import { EXIT, whyNoAnswer } from "../errors.ts";
import { type Colors, plain } from "../output.ts";
import type { Registry } from "../program.ts";

interface Options {
  issuer?: string;
  token?: string;
}

const NAME_WIDTH = 9;

function lineOf({ name, state, said, remedy }: Check, colors: Colors): string[] {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red }[state];
  const head = `${paint(state.padEnd(4))}  ${name.padEnd(NAME_WIDTH)}  ${plain(said)}`;
  return remedy === undefined ? [head] : [head, `${" ".repeat(NAME_WIDTH + 8)}${colors.dim(plain(remedy))}`];
}

export function doctorCommand(root: Command, { add, does }: Registry): void {
  const doctor = add(root, "doctor", "checks the deployment and what is set here, and says what to do")
    .option("--issuer <address>", "the issuer, if not the deployment's own")
    .option("--token <jwt>", "a user's token (TASKWIRE_TOKEN): what the deployment says of it");
  does<Options>(doctor, async (context, options) => {
    const { base, output, isLocal, settings, io } = context;
    const checks: Check[] = [];
    const tell = (found: readonly Check[]) => {
      checks.push(...found);
      if (!output.isJson) for (const check of found) output.result(null, () => lineOf(check, output.colors));
    };
    /** A check that breaks off has failed. */
    const part = async (name: string, work: () => Promise<readonly Check[]>) => {
      try {
        tell(await work());
      } catch (error) {
        tell([fail(name, `it could not be checked (${whyNoAnswer(error)})`, "Try again.")]);
      }
    };
    const given = options.issuer === undefined ? undefined : addressIn(options.issuer, "--issuer") && options.issuer;
    const { checks: reached, isThere } = await deploymentChecks(base, isLocal);
    tell(reached);
    if (isThere) {
      let issuer = given;
      await part("issuer", async () => {
        const { issuer: own, check } = given === undefined ? await issuerOf(base) : { issuer: given };
        issuer = own;
        return check ? [check] : own === undefined ? [] : issuerChecks(own);
      });
      const token = options.token ?? (io.env.TASKWIRE_TOKEN?.trim() || undefined);
      if (token !== undefined) await part("token", () => tokenChecks(base, token, issuer));
      await part("webhooks", () => webhookChecks(base, settings, isLocal));
      await part("key", () => keyChecks(base, context.key()));
    }
    const isWell = checks.every(({ state }) => state !== "fail");
    if (output.isJson) output.result({ ok: isWell, checks }, () => []);
    return isWell ? EXIT.ok : EXIT.error;
  });
}
