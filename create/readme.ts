/** The new project's README: what it is, and the three next steps. */

import type { Choice } from "./choice.ts";
import { variablesOf } from "./sign_in.ts";

type Webhooks = readonly { address: string; where: string }[];

/** What is still to be filled in. */
export const missingOf = ({ signIn, answers }: Choice): string[] =>
  variablesOf(signIn, answers)
    .filter(({ value }) => value === "")
    .map(({ name }) => name);

function filledIn(choice: Choice): string {
  const missing = missingOf(choice);
  if (missing.length === 0) return "`wrangler.jsonc` names who signs your users in; check it.";
  const names = new Intl.ListFormat("en-GB").format(missing.map((name) => `\`${name}\``));
  return `Fill in ${names} in \`wrangler.jsonc\`: who signs your users in.`;
}

export function readme(choice: Choice, webhooks: Webhooks): string {
  const { name, providers } = choice;
  const titles = new Intl.ListFormat("en-GB").format(providers.map(({ title }) => title));
  const addresses = webhooks.map(({ address, where }) => `   - \`${address}\` in ${where}`);
  return `# ${name}

Live results for AI tasks: a [taskwire](https://github.com/taskwire/taskwire) deployment with ${titles}.

\`\`\`sh
npm run dev      # the Worker and an emulator of the providers: http://127.0.0.1:8787, sign in as anyone
npm test         # the Worker and the emulator, together
npm run deploy   # migrations first, then the Worker
npm run doctor   # what is wrong, and what to do about it; npx taskwire has more
\`\`\`

## The next three steps

1. ${filledIn(choice)} Then make the database:

   \`\`\`sh
   npx wrangler login
   npx wrangler d1 create ${name}
   \`\`\`

   If wrangler offers to add it to \`wrangler.jsonc\`, say no: it is there, and found by its name.

2. Register the webhooks, then set the secrets. Copy \`.dev.vars.example\` to \`.prod.vars\`, fill it in, and send it:

${addresses.join("\n")}

   \`\`\`sh
   npx wrangler secret bulk .prod.vars
   \`\`\`

3. Deploy, and see that \`/readyz\` answers 200. If it does not, it says what is missing.

   \`\`\`sh
   npm run deploy
   \`\`\`

## Updates

\`\`\`sh
npm update
npm run deploy
\`\`\`

\`npm run deploy\` applies new migrations before the new code runs. A Worker whose code and database do not fit says so at
\`/readyz\`. If you deploy on push, let the build run \`npm run deploy\`, not \`wrangler deploy\` alone.

## What is here

| file                | is                                                                                    |
| ------------------- | ------------------------------------------------------------------------------------- |
| \`wrangler.jsonc\`    | the Worker, what it is bound to, and its variables; a staging environment to uncomment |
| \`src/index.js\`      | where code of your own goes around taskwire                                            |
| \`test/\`             | tests of the Worker with the emulator, to begin with                                   |
| \`.dev.vars\`         | the variables for \`npm run dev\`                                                        |
| \`.dev.vars.example\` | the secrets that a deployment needs                                                    |
`;
}
