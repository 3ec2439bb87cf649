/**
 * Puts the parts together and listens: the interface tests use.
 *
 * `startEmulator({ port: 0 })` gives a running emulator; everything on `options` may be changed
 * while it runs, except where it listens.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { html, type RequestRecord, type Route, serveRoutes } from "./http.ts";
import { indexPage } from "./index_page.ts";
import { Journal } from "./journal.ts";
import { controlOf, type ModelRiverControl } from "./modelriver/control.ts";
import { ModelRiver } from "./modelriver/provider.ts";
import { modelRiverRoutes } from "./modelriver/routes.ts";
import type { Attempt } from "./mynth/delivery.ts";
import { Gallery } from "./mynth/gallery.ts";
import { type DeliverOptions, Provider } from "./mynth/provider.ts";
import { mynthRoutes } from "./mynth/routes.ts";
import type { Outcome, Task } from "./mynth/tasks.ts";
import { KeyRing } from "./oidc/keys.ts";
import { oidcRoutes } from "./oidc/routes.ts";
import { TokenMint, type TokenRequest } from "./oidc/tokens.ts";
import { type EmulatorOptions, type EmulatorSettings, withDefaults } from "./options.ts";

export type {
  Attempt,
  DeliverOptions,
  EmulatorOptions,
  EmulatorSettings,
  ModelRiverControl,
  Outcome,
  RequestRecord,
  Task,
  TokenRequest,
};

export interface Emulator {
  /** Its base URL, and its issuer. */
  url: string;
  port: number;
  options: EmulatorOptions;
  /** By task id, oldest first. */
  tasks: Map<string, Task>;
  /** Every webhook attempt that has its answer, oldest first. */
  deliveries: readonly Attempt[];
  /** Every API call, oldest first; the index page and pictures are not counted. */
  requests: readonly RequestRecord[];
  /** An access token for `sub` (default "ada"); any claim may be set, null leaves one out. */
  token(claims?: TokenRequest): Promise<string>;
  /** Sends a task's webhooks now, settling it first; resolves with each copy's first attempt. */
  deliver(taskId: string, how?: DeliverOptions): Promise<Attempt[]>;
  /** Settles a task and sends nothing. */
  finish(taskId: string, outcome?: Outcome): Task;
  /** The second provider; all else here that is a provider's is Mynth's. */
  modelriver: ModelRiverControl;
  /** Waits until `probe` is truthy, asked again at every task, channel, request, delivery and callback. */
  until<T>(probe: () => T, deadlineMs?: number): Promise<NonNullable<T>>;
  /** Stops listening, drops connections, forgets retries. */
  close(): Promise<void>;
}

export async function startEmulator(given: EmulatorSettings = {}): Promise<Emulator> {
  const options = withDefaults(given);
  const journal = new Journal();
  const gallery = new Gallery();
  const provider = new Provider(options, journal, gallery);
  const river = new ModelRiver(options, journal);
  const modelriver = controlOf(river);
  const keys = await KeyRing.make();
  const mint = new TokenMint(keys, () => provider.base);

  const index: Route = {
    method: "GET",
    pattern: "/",
    handle: () =>
      html(200, indexPage(options, [...provider.book.byId.values()].reverse(), journal.deliveries, modelriver)),
    unrecorded: true,
  };
  const routes = [
    index,
    ...mynthRoutes(options, provider, gallery),
    ...modelRiverRoutes(options, river),
    ...oidcRoutes(options, keys, mint, () => provider.base),
  ];
  const server = serveRoutes(routes, (request) => journal.addRequest(request));
  server.listen(options.port, options.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  provider.base = `http://${host}:${port}`;
  river.base = provider.base;

  return {
    url: provider.base,
    port,
    options,
    tasks: provider.book.byId,
    deliveries: journal.deliveries,
    requests: journal.requests,
    token: (claims) => mint.testToken(claims),
    deliver: (taskId, how) => provider.deliver(taskId, how),
    finish: (taskId, outcome) => provider.finish(taskId, outcome),
    modelriver,
    until: (probe, deadlineMs) => journal.until(probe, deadlineMs),
    async close() {
      provider.close();
      river.close();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
