/** `template/` of this repository, for Cloudflare's button and gallery: a new project with everything in it. */

import type { Base } from "./base.ts";
import { type Choice, webhooksOf } from "./choice.ts";
import { filesOf, json, packageJson, secretsOf } from "./files.ts";
import { everything } from "./start.ts";
import { variables } from "./wrangler.ts";

/** The gallery wants names that end like this. */
const NAME = "taskwire-template";

const SOURCE = "https://github.com/taskwire/taskwire/tree/main/template";

export const BUTTON = `[![Deploy to Cloudflare](https://deploy.workers.cloudflare.com/button)](https://deploy.workers.cloudflare.com/?url=${SOURCE})`;

const ABOUT = "Live results for AI tasks: signed webhooks in, WebSocket frames out.";

/** What the button says of each thing that it asks for. */
function descriptions(choice: Choice): Record<string, { description: string }> {
  const asked = [
    ...secretsOf(choice).map(({ name, about }) => [name, about] as const),
    ...variables(choice).map(({ key, about = "" }) => [key, about] as const),
  ];
  return Object.fromEntries(asked.map(([name, description]) => [name, { description }]));
}

function readme(choice: Choice): string {
  const addresses = webhooksOf(choice).map(({ address, where }) => `   - \`${address}\` in ${where}`);
  return `# taskwire

${BUTTON}

<!-- dash-content-start -->

Start an AI task that takes seconds to minutes, take its provider's signed webhook, and show the result at once to the
browser that waits. One Worker does it, with a Durable Object for each task, rows in D1, and a page to try it on. Providers:
${new Intl.ListFormat("en-GB").format(choice.providers.map(({ title, offers }) => `${title} (${offers})`))}.

The Worker comes built: nothing is compiled. Sign-in is that of your own issuer: Clerk, Auth0, Supabase, Firebase, WorkOS and
others.

<!-- dash-content-end -->

## After the button

The button makes the database, asks for the secrets, and deploys with \`npm run deploy\`: migrations first.

1. Register the webhooks, and set the secrets that this gives you with \`npx wrangler secret put NAME\`:

${addresses.join("\n")}

2. Set \`AUTH_ISSUER\` and \`AUTH_AUDIENCE\` in \`wrangler.jsonc\`, if you have not:
   [what your issuer needs](https://github.com/taskwire/taskwire/blob/main/docs/sign-in.md).
3. See that \`/readyz\` answers 200. If it does not, it says what is missing.

## On your machine

\`\`\`sh
npm install
npm run dev   # the Worker and an emulator of the providers: http://127.0.0.1:8787, sign in as anyone
npm test
npm run doctor   # what is wrong, and what to do about it
\`\`\`

An update is \`npm update\` and \`npm run deploy\`. [More about taskwire](https://github.com/taskwire/taskwire).
`;
}

/** All files but package-lock.json, which npm makes. */
export function templateFiles(base: Base): Map<string, string> {
  const choice = everything(NAME);
  const files = filesOf(choice, base);
  // The emulator makes it at the first `npm run dev`.
  files.delete(".dev.vars");
  files.set("README.md", readme(choice));
  files.set(
    "package.json",
    json({
      ...packageJson(choice, base),
      description: ABOUT,
      cloudflare: {
        label: "taskwire",
        products: ["Workers", "D1", "Durable Objects"],
        bindings: descriptions(choice),
      },
    }),
  );
  return files;
}
