/** An app that reaches its provider through a proxy, which may answer in the provider's place. */

import { type App, type AppOptions, startApp } from "./app.ts";
import { type HttpProxy, startProxy } from "./proxy.ts";

type Options = Pick<AppOptions, "shim"> & { vars?: (proxyUrl: string) => Record<string, string | null> };

export async function startProxied({
  shim = false,
  vars = () => ({}),
}: Options = {}): Promise<{ app: App; proxy: HttpProxy }> {
  let proxy: HttpProxy | undefined;
  const app = await startApp({
    shim,
    provider: async ({ url }) => {
      proxy = await startProxy(url);
      return proxy.url;
    },
    vars: () => vars(proxy?.url ?? ""),
  });
  return { app, proxy: proxy as HttpProxy };
}
