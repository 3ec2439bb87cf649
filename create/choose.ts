/** From what the flags say to a whole choice: the rest is asked for, or taken as usual. */

import { basename, resolve } from "node:path";
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

async function folderOf({ folder, yes }: Asked, obstacle: Obstacle): Promise<string> {
  if (folder !== undefined) return folder;
  if (yes) throw new Error("Name the folder: npm create taskwire@latest my-app -- --yes");
  const wrong = (value = "") => wrongName(basename(resolve(value))) ?? obstacle(value);
  const message = "Where? A new folder, whose name is also the Worker's";
  return answered(
    await text({
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

async function providersOf({ providers, yes }: Asked): Promise<Provider[]> {
  let names = providers;
  if (names.length === 0 && yes) names = required.map(({ name }) => name);
  if (names.length === 0) {
    const options = PROVIDERS.map(({ name, title, offers }) => ({ value: name, label: title, hint: offers }));
    const initialValues = required.map(({ name }) => name);
    const message = "Which providers?";
    names = answered(await multiselect({ message, options, initialValues, required: true }));
  }
  const wrong = wrongProviders(names);
  if (wrong) throw new Error(wrong);
  return PROVIDERS.filter(({ name }) => names.includes(name));
}

async function signInOf({ auth, yes }: Asked): Promise<SignIn> {
  if (auth === undefined && yes) return OTHER;
  const options = SIGN_INS.map(({ name, title }) => ({ value: name, label: title }));
  const name = auth ?? answered(await select({ message: "Who signs your users in?", options }));
  return SIGN_INS.find((each) => each.name === name) as SignIn;
}

async function answersOf({ answers, yes }: Asked, { fields }: SignIn): Promise<Record<string, string>> {
  const all = { ...answers };
  for (const { name, ask, example } of yes ? [] : fields) {
    const message = `${ask} (Enter: later)`;
    all[name] ??= answered(await text({ message, placeholder: example, defaultValue: "" })).trim();
  }
  return all;
}

/** Asks in the terminal for what the flags leave open. Bad names are said before anything else is asked. */
export async function choose(asked: Asked, obstacle: Obstacle): Promise<{ folder: string; choice: Choice }> {
  const folder = await folderOf(asked, obstacle);
  const name = basename(resolve(folder));
  const wrong = wrongName(name) ?? obstacle(folder);
  if (wrong) throw new Error(`${name} ${wrong}.`);
  const providers = await providersOf(asked);
  const signIn = await signInOf(asked);
  const answers = await answersOf(asked, signIn);
  return { folder, choice: { name, providers, signIn, answers, url: asked.url ?? "" } };
}
