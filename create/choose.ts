/** From what the flags say to a whole choice: the rest is asked for, or taken as usual. */

import { basename, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { cancel, isCancel, multiselect, select, text } from "@clack/prompts";
import type { Choice } from "./choice.ts";
import type { Asked } from "./flags.ts";
import { wrongName } from "./names.ts";
import { PROVIDERS, type Provider } from "./providers.ts";
import { SIGN_INS, type SignIn } from "./sign_in.ts";

/** Somebody has had enough: nothing is written. */
export class Left extends Error {}

/** Why a project cannot be made in `folder`. */
export type Obstacle = (folder: string) => string | undefined;

function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel("Nothing was written.");
  throw new Left();
}

const OTHER = SIGN_INS.find(({ name }) => name === "other") as SignIn;
const required = PROVIDERS.filter(({ isRequired }) => isRequired);

/** Why these providers will not do, as a sentence. */
export function wrongProviders(chosen: readonly string[]): string | undefined {
  const missing = required.find(({ name }) => !chosen.includes(name));
  return missing && `${missing.title} is needed in every deployment: choose it too (--provider ${missing.name}).`;
}

/** Where questions are asked. */
export interface Terminal {
  input?: Readable;
  output?: Writable;
}

async function folderOf({ folder, yes }: Asked, obstacle: Obstacle, terminal: Terminal): Promise<string> {
  if (folder !== undefined) return folder;
  if (yes) throw new Error("Name the folder: npm create taskwire@latest my-app -- --yes");
  const wrong = (value = "") => wrongName(basename(resolve(value))) ?? obstacle(value);
  const message = "Where? A new folder, whose name is also the Worker's";
  return answered(
    await text({
      ...terminal,
      message,
      placeholder: "my-app",
      defaultValue: "my-app",
      validate: (value) => {
        const why = wrong(value || "my-app");
        return why && `${value || "my-app"} ${why}.`;
      },
    }),
  );
}

async function providersOf({ providers, yes }: Asked, terminal: Terminal): Promise<Provider[]> {
  let names = providers;
  if (names.length === 0 && yes) names = required.map(({ name }) => name);
  if (names.length === 0) {
    const options = PROVIDERS.map(({ name, title, offers }) => ({ value: name, label: title, hint: offers }));
    const initialValues = required.map(({ name }) => name);
    const message = "Which providers?";
    names = answered(await multiselect({ ...terminal, message, options, initialValues, required: true }));
  }
  const wrong = wrongProviders(names);
  if (wrong) throw new Error(wrong);
  return PROVIDERS.filter(({ name }) => names.includes(name));
}

async function signInOf({ auth, yes }: Asked, terminal: Terminal): Promise<SignIn> {
  if (auth === undefined && yes) return OTHER;
  const options = SIGN_INS.map(({ name, title }) => ({ value: name, label: title }));
  const name = auth ?? answered(await select({ ...terminal, message: "Who signs your users in?", options }));
  return SIGN_INS.find((each) => each.name === name) as SignIn;
}

async function answersOf(
  { answers, yes }: Asked,
  { fields }: SignIn,
  terminal: Terminal,
): Promise<Record<string, string>> {
  const all = { ...answers };
  for (const { name, ask, example } of yes ? [] : fields) {
    const message = `${ask} (Enter: later)`;
    all[name] ??= answered(await text({ ...terminal, message, placeholder: example, defaultValue: "" })).trim();
  }
  return all;
}

/** Asks in the terminal for what the flags leave open. Bad names are said before anything else is asked. */
export async function choose(
  asked: Asked,
  obstacle: Obstacle,
  terminal: Terminal = {},
): Promise<{ folder: string; choice: Choice }> {
  const folder = await folderOf(asked, obstacle, terminal);
  const name = basename(resolve(folder));
  const wrong = wrongName(name) ?? obstacle(folder);
  if (wrong) throw new Error(`${name} ${wrong}.`);
  const providers = await providersOf(asked, terminal);
  const signIn = await signInOf(asked, terminal);
  const answers = await answersOf(asked, signIn, terminal);
  return { folder, choice: { name, providers, signIn, answers, url: asked.url ?? "" } };
}
