// A registry of npm packages on this machine (verdaccio): it has this repository's packages, and passes everything else
// on to the registry that npm is set to.

import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { npm } from "./node_modules.mjs";
import { inRoot, LOCAL, NODE } from "./paths.mjs";
import { answers, run, start, waitFor } from "./process.mjs";
import { Stop } from "./steps.mjs";

/** What was fetched once stays there: the next run need not ask again. Git-ignored. */
const FOLDER = join(LOCAL, "registry");

/** Ours, which nobody else's registry is asked for. */
const OWN = ["@taskwire", "create-taskwire"];

const READY_MS = 60_000;

/** The registry that npm is set to. */
async function upstream() {
  const [command, args] = npm();
  const { output } = await run(command, [...args, "config", "get", "registry"], { quiet: true });
  const url = output.trim().split("\n").at(-1);
  if (!URL.canParse(url)) throw new Stop(`npm config get registry says "${url}", which is no address.`);
  return url;
}

/** Anyone on this machine may publish and read. */
const settings = (storage, url) => ({
  storage,
  uplinks: { usual: { url, timeout: "60s", max_fails: 10, fail_timeout: "10s" } },
  packages: {
    "@taskwire/*": { access: "$all", publish: "$all" },
    "create-taskwire": { access: "$all", publish: "$all" },
    "**": { access: "$all", proxy: "usual" },
  },
  auth: { htpasswd: { file: join(storage, "htpasswd"), max_users: -1 } },
  max_body_size: "50mb",
  web: { enable: false },
  log: { type: "stdout", level: "warn" },
});

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts it without packages of ours. `publish` takes a .tgz, and a tag other than latest. */
export async function startRegistry() {
  const storage = join(FOLDER, "storage");
  mkdirSync(storage, { recursive: true });
  for (const name of [...OWN, ".verdaccio-db.json"]) rmSync(join(storage, name), { recursive: true, force: true });
  const config = join(FOLDER, "config.json");
  writeFileSync(config, JSON.stringify(settings(storage, await upstream())));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let said = "";
  const server = start(
    NODE,
    [inRoot("node_modules/verdaccio/bin/verdaccio"), "--config", config, "--listen", `127.0.0.1:${port}`],
    { onOutput: (text) => (said = (said + text).slice(-10_000)) },
  );
  if (!(await waitFor(() => answers(`${url}/-/ping`), READY_MS))) {
    await server.stop();
    throw new Stop(`The registry did not answer within ${READY_MS / 1000} s.\n${said}`);
  }
  const [command, args] = npm();
  return {
    url,
    /** What it had to complain of. */
    said: () => said,
    publish: (file, tag = "latest") =>
      run(
        command,
        [...args, "publish", file, "--registry", url, "--tag", tag, `--//127.0.0.1:${port}/:_authToken=anyone`],
        { quiet: true },
      ),
    close: () => server.stop(),
  };
}
