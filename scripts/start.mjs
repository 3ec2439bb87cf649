// npm start: from a fresh checkout to a page in the browser. Sets up what is
// missing, builds what changed, then serves the Worker and the emulator that stands
// in for the providers and the sign-in, until Ctrl-C.

import { parseArgs } from "node:util";
import { buildPage, buildWorker } from "./lib/build.mjs";
import { ensureNodeModules } from "./lib/node_modules.mjs";
import { answers, endAll, portIsFree, waitFor } from "./lib/process.mjs";
import { DEFAULT_PORTS, migrate, startEmulator, startWorker } from "./lib/serve.mjs";
import { main, Stop, say, step, write } from "./lib/steps.mjs";

/** Both answer within seconds; a machine under load may take longer. */
const READY_MS = 60_000;

const USAGE = "Usage: npm start -- [--port 8787] [--emulator-port 8788]";

function portFrom(name, text) {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Stop(`--${name} must be a port from 1 to 65535, not "${text}". ${USAGE}`);
}

function readPorts() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: String(DEFAULT_PORTS.worker) },
        "emulator-port": { type: "string", default: String(DEFAULT_PORTS.emulator) },
      },
    });
    const ports = {
      worker: portFrom("port", values.port),
      emulator: portFrom("emulator-port", values["emulator-port"]),
    };
    if (ports.worker !== ports.emulator) return ports;
    throw new Stop(`The Worker and the emulator cannot both listen on ${ports.worker}. ${USAGE}`);
  } catch (error) {
    throw error instanceof Stop ? error : new Stop(`${error.message}. ${USAGE}`);
  }
}

async function checkPorts(ports) {
  const wanted = [
    { flag: "--port", port: ports.worker },
    { flag: "--emulator-port", port: ports.emulator },
  ];
  for (const { flag, port } of wanted) {
    if (await portIsFree(port)) continue;
    throw new Stop(
      `Port ${port} on 127.0.0.1 is in use: end what listens there (another npm start?), or run npm start -- ${flag} <another>.`,
    );
  }
}

/** Keeps a child's lines back until `release`, then prints them with its name in front. */
function logOf(name) {
  const prefix = `${name.padEnd(8)} │ `;
  let held = "";
  let live = false;
  return {
    onOutput(text) {
      held += text;
      if (!live) return;
      const end = held.lastIndexOf("\n") + 1;
      if (end > 0) write(held.slice(0, end).replace(/^(?=.)/gm, prefix));
      held = held.slice(end);
    },
    release({ show }) {
      if (show && held) say(held.trimEnd().replace(/^(?=.)/gm, prefix));
      held = "";
      live = true;
    },
  };
}

async function serve(ports) {
  const urls = { worker: `http://127.0.0.1:${ports.worker}`, emulator: `http://127.0.0.1:${ports.emulator}` };
  const logs = { emulator: logOf("emulator"), worker: logOf("worker") };
  const children = {
    emulator: startEmulator(ports, logs.emulator.onOutput),
    worker: startWorker(ports, logs.worker.onOutput),
  };

  let ended = null;
  const firstEnd = Promise.race(
    Object.entries(children).map(async ([name, child]) => {
      const code = await child.exited;
      ended ??= { name, code };
    }),
  );
  const ready = { emulator: false, worker: false };
  const bothReady = async () => {
    if (ended) return true;
    ready.emulator ||= await answers(`${urls.emulator}/`);
    ready.worker ||= await answers(`${urls.worker}/healthz`);
    return ready.emulator && ready.worker;
  };
  await step("start", async () => {
    if ((await waitFor(bothReady, READY_MS)) && !ended) return;
    for (const name of Object.keys(children))
      if (!ready[name] || ended?.name === name) logs[name].release({ show: true });
    const late = Object.keys(ready)
      .filter((name) => !ready[name])
      .join(" and the ");
    if (ended) throw new Stop(`The ${ended.name} ended while starting (exit code ${ended.code}).`);
    throw new Stop(`The ${late} did not answer within ${READY_MS / 1000} s.`);
  }).catch(async (error) => {
    await endAll();
    throw error;
  });
  for (const log of Object.values(logs)) log.release({ show: false });

  say();
  say(`  taskwire is ready:  ${urls.worker}`);
  say(`  the emulator:       ${urls.emulator}  (stands in for the providers and the sign-in)`);
  say("  to stop:            Ctrl-C");
  say();

  await firstEnd;
  await endAll();
  throw new Stop(`The ${ended.name} ended by itself (exit code ${ended.code}), so the rest was ended too.`);
}

await main(async () => {
  const ports = readPorts();
  await checkPorts(ports);
  await ensureNodeModules();
  await buildWorker();
  await buildPage();
  await migrate();
  await serve(ports);
});
