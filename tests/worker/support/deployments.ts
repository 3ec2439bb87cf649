/** The deployments that openapi.json is checked against, and the contract that remembers the answers of all of them. */

import assert from "node:assert/strict";
import type { Answer } from "./api.ts";
import { startApp } from "./app.ts";
import { type Asking, Contract, type Operation } from "./contract.ts";
import { startProxied } from "./proxied.ts";

/** Both providers are behind the proxy. */
const proxied = (vars: Record<string, string | null> = {}) =>
  startProxied({ vars: (url) => ({ MODELRIVER_API_URL: url, ...vars }) });

const NOTHING = [
  "MYNTH_API_KEY",
  "MYNTH_WEBHOOK_SECRET",
  "MODELRIVER_API_KEY",
  "MODELRIVER_WEBHOOK_SECRET",
  "TASKWIRE_TOKEN_SECRET",
  "AUTH_ISSUER",
  "AUTH_AUDIENCE",
];
const REQUEST_MODE = {
  MYNTH_WEBHOOK_MODE: "request",
  PUBLIC_URL: "https://public.example",
  MYNTH_WEBHOOK_SECRET: null,
};

/** A server's key, for nothing but what operators do. */
export const SERVER_KEY = "twk_0123456789abcdef0123456789abcdef";
/** For users' things, and nothing of operators. */
export const READER_KEY = "twk_fedcba9876543210fedcba9876543210";
const STRICT = {
  AUTH_REQUIRED_CLAIMS: '{"role":"staff"}',
  TASKWIRE_SERVER_KEYS: JSON.stringify([
    { name: "operator", key: SERVER_KEY, scopes: ["admin"] },
    { name: "backend", key: READER_KEY, scopes: ["start", "read"] },
  ]),
};

export async function startDeployments() {
  /**
   * Fully configured, with Ada as the operator; with nothing configured; with an issuer that is down; with webhooks that are not signed; and
   * one that lets few in.
   */
  const [{ app, proxy }, bare, cut, request, strict] = await Promise.all([
    proxied({ AUTH_ADMIN_CLAIMS: '{"sub":"ada"}' }),
    startApp({ vars: Object.fromEntries(NOTHING.map((name) => [name, null])) }),
    startApp({ vars: { AUTH_ISSUER: "http://127.0.0.1:1" } }),
    proxied(REQUEST_MODE),
    startApp({ vars: STRICT }),
  ]);
  const contract = await Contract.of(app.base);
  const ada = await app.as("ada");
  const { token } = ada;
  const ask = (name: string, asking: Asking = {}) => contract.ask(app.base, name, { token, ...asking });

  /** Attempts all operations that may be refused with `code`, and expects that refusal. */
  async function refused(code: string, attempt: (operation: Operation) => Promise<Answer | undefined>): Promise<void> {
    const operations = contract.refusing(code);
    assert.ok(operations.length > 0, `nobody is refused with ${code}`);
    await Promise.all(
      operations.map(async (operation) => {
        const answer = await attempt(operation);
        if (answer) assert.equal(answer.body?.error?.code, code, `${operation.name}: ${answer.status} ${answer.text}`);
      }),
    );
  }

  async function close(): Promise<void> {
    await Promise.all([app, bare, cut, request.app, strict].map((each) => each.close()));
    await Promise.all([proxy, request.proxy].map((each) => each.close()));
  }

  return { app, proxy, bare, cut, request, strict, contract, ada, token, ask, refused, close };
}
