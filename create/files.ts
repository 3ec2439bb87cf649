/** The files of a new project, by path. Pure: a choice in, texts out. */

import type { Base } from "./base.ts";
import { type Choice, webhooksOf } from "./choice.ts";
import { PROVIDERS, type Secret, TOKEN_SECRET } from "./providers.ts";
import { readme } from "./readme.ts";
import { workerTests } from "./worker_tests.ts";
import { wranglerConfig } from "./wrangler.ts";

const WORKER = `// taskwire, as it was built. Code of your own goes around it here.
export * from "@taskwire/worker";
export { default } from "@taskwire/worker";
`;

const IGNORED = `node_modules/
.wrangler/
.dev.vars
.prod.vars
`;

export const secretsOf = ({ providers }: Choice): Secret[] => [
  ...providers.flatMap(({ secrets }) => secrets),
  TOKEN_SECRET,
];

/** What is sent to a deployment, and what Cloudflare's button asks for. */
function example(choice: Choice): string {
  const lines = secretsOf(choice).map(({ name, about }) => `# ${about}\n${name}=\n`);
  return `# The secrets of a deployment. For this machine, .dev.vars has those of the emulator.\n\n${lines.join("\n")}`;
}

/** The emulator's variables, without those of providers that were not chosen. */
function local({ providers }: Choice, { env }: Base): string {
  const others = PROVIDERS.filter((provider) => !providers.includes(provider));
  const lines = env.split("\n").filter((line) => !others.some(({ prefix }) => line.startsWith(prefix)));
  const start = lines.findIndex((line) => /^[A-Z]/.test(line));
  return [
    "# The variables for `npm run dev`: the emulator's, and good for nothing else. To use other ports, change them here",
    "# and in wrangler.jsonc. This file is yours alone: it is not committed.",
    "",
    ...lines.slice(start),
  ].join("\n");
}

export function packageJson({ name }: Choice, { version, wrangler, node }: Base): Record<string, unknown> {
  return {
    name,
    private: true,
    type: "module",
    scripts: {
      predev: "wrangler d1 migrations apply DB --local",
      dev: "taskwire-emulator --vars .dev.vars -- wrangler dev",
      deploy: "wrangler d1 migrations apply DB --remote && wrangler deploy",
      test: "node --test",
      doctor: "taskwire doctor",
    },
    dependencies: { "@taskwire/worker": `^${version}` },
    devDependencies: { "@taskwire/cli": `^${version}`, "@taskwire/emulator": `^${version}`, wrangler: `^${wrangler}` },
    engines: { node },
  };
}

export const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export function filesOf(choice: Choice, base: Base): Map<string, string> {
  return new Map([
    [".dev.vars", local(choice, base)],
    [".dev.vars.example", example(choice)],
    [".gitignore", IGNORED],
    ["README.md", readme(choice, webhooksOf(choice))],
    ["package.json", json(packageJson(choice, base))],
    ["src/index.js", WORKER],
    ["test/worker.test.js", workerTests()],
    ["wrangler.jsonc", wranglerConfig(choice, base)],
  ]);
}
