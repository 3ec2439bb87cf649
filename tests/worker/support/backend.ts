/** The app's own backend as a Worker: what comes by the queue and by the service binding goes on to a receiver. */

import type { Beside } from "./deployment.ts";

/** The bindings of the Worker that sends events. */
const ROADS = {
  EVENTS_QUEUE: { type: "queue", name: "events" },
  EVENTS_HOOK: { type: "worker", worker: "backend" },
};

const CODE = `
export default {
  async fetch(request, env) {
    const { method, headers } = request;
    return fetch(env.RECEIVER + "/receiver/hook", { method, headers, body: await request.text(), redirect: "manual" });
  },
  async queue({ messages }, env) {
    for (const message of messages) {
      const { ok } = await fetch(env.RECEIVER + "/receiver/queue/messages", { method: "POST", body: JSON.stringify(message.body) });
      ok ? message.ack() : message.retry();
    }
  },
};
`;

/** The Worker with the receiver at this address, for one that sends events. */
export function backend(receiver: string): Beside {
  const config = {
    name: "backend",
    compatibilityDate: "2026-11-01",
    manifest: {
      mainModule: "backend.js",
      modulesRoot: import.meta.dirname,
      modules: { "backend.js": { type: "esm", contents: CODE } },
    },
    env: { RECEIVER: { type: "text", value: receiver } },
    triggers: [{ type: "queue", name: "events", maxBatchSize: 10, maxBatchTimeout: 0 }],
  };
  return { env: ROADS, workers: [{ config, dev: {} }] };
}
