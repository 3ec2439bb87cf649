/**
 * Puts the parts together and listens: the interface tests use.
 *
 * `startEmulator({ port: 0 })` gives a running emulator; everything on `options` may be changed
 * while it runs, except where it listens.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { isTopLevel, type TopLevel } from "./compatibility.ts";
import { Courier } from "./courier.ts";
import { html, type RequestRecord, type Route, serveRoutes } from "./http.ts";
import { indexPage, type Shown } from "./index_page.ts";
import { Journal } from "./journal.ts";
import { KeyRing } from "./oidc/keys.ts";
import { oidcRoutes } from "./oidc/routes.ts";
import { TokenMint, type TokenRequest } from "./oidc/tokens.ts";
import { type EmulatorOptions, type EmulatorSettings, optionsOf, withDefaults } from "./options.ts";
import type { EmulatedProvider } from "./provider.ts";
import { PROVIDERS } from "./providers.ts";
import { Receiver, type ReceiverControl } from "./receiver/receiver.ts";
import { receiverRoutes } from "./receiver/routes.ts";
import { Timers } from "./timers.ts";

export type * from "./compatibility.ts";
export type { EmulatorOptions, EmulatorSettings, RequestRecord, TokenRequest };

type ControlOf<P extends EmulatedProvider> = ReturnType<P["start"]>["control"];

/** Each provider's control under its name, and one of them at the top level besides. */
type Controls = { [P in (typeof PROVIDERS)[number] as P["name"]]: ControlOf<P> } & ControlOf<TopLevel>;

export interface Emulator extends Controls {
  /** Its base URL, and its issuer. */
  url: string;
  port: number;
  options: EmulatorOptions;
  /** Every API call, oldest first; the index page and pictures are not counted. */
  requests: readonly RequestRecord[];
  /** The app's own backend, at `/receiver`. */
  receiver: ReceiverControl;
  /** An access token for `sub` (default "ada"); any claim may be set, null leaves one out. */
  token(claims?: TokenRequest): Promise<string>;
  /** Waits until `probe` is truthy, asked again at every request, at every webhook, and whenever a provider's records change. */
  until<T>(probe: () => T, deadlineMs?: number): Promise<NonNullable<T>>;
  /** Stops listening, drops connections, forgets retries. */
  close(): Promise<void>;
}

function controlsOf(shown: readonly Shown[]): Controls {
  const beside = shown.filter(({ provider }) => isTopLevel(provider)).map(({ running }) => running.control);
  const named = shown.map(({ provider, running }) => [provider.name, running.control]);
  return Object.assign({}, ...beside, Object.fromEntries(named));
}

function routesOf({ provider: { prefix = "" }, running }: Shown): Route[] {
  return running.routes.map((route) => ({ ...route, pattern: prefix + route.pattern }));
}

/** `providers` are those of the list but in a test of the list itself. */
export async function startEmulator(
  given: EmulatorSettings = {},
  providers: readonly EmulatedProvider[] = PROVIDERS,
): Promise<Emulator> {
  const options = withDefaults(given, providers);
  const journal = new Journal();
  const timers = new Timers();
  const courier = new Courier(timers);
  let url = "";
  const shown = providers.map((provider) => {
    const base = () => url + (provider.prefix ?? "");
    const context = { options, journal, timers, courier, base };
    return { provider, running: provider.start(optionsOf(provider, options), context) };
  });
  const receiver = new Receiver(options, journal);
  const keys = await KeyRing.make();
  const mint = new TokenMint(keys, () => url);

  const index: Route = {
    method: "GET",
    pattern: "/",
    handle: () => html(200, indexPage(options, shown)),
    unrecorded: true,
  };
  const routes = [
    index,
    ...shown.flatMap(routesOf),
    ...receiverRoutes(receiver),
    ...oidcRoutes(options, keys, mint, () => url),
  ];
  const server = serveRoutes(routes, (request) => journal.add(journal.requests, request));
  server.listen(options.port, options.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`;

  return {
    ...controlsOf(shown),
    url,
    port,
    options,
    requests: journal.requests,
    receiver,
    token: (claims) => mint.testToken(claims),
    until: (probe, deadlineMs) => journal.until(probe, deadlineMs),
    async close() {
      timers.close();
      courier.close();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
