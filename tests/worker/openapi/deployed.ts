/** The running Workers that all parts of openapi.test.ts ask. */

import { after } from "node:test";
import { startDeployments } from "../support/deployments.ts";
import { bodyHeaders } from "../support/river.ts";
import { BODIES } from "../support/samples.ts";
import { standardHeaders } from "../support/signatures.ts";

export const timeout = 60_000;

/** Events that are kept for a task that is not known yet, or of a channel. */
export const EARLY_LIMIT = 16;

const deployments = await startDeployments();
after(deployments.close);

export const { app, proxy, bare, cut, request, strict, contract, ada, token, ask, refused } = deployments;

export const good = (name: string) => BODIES[name] as object;
export const signed = (body: string) => ({ ...standardHeaders(body), ...bodyHeaders(body) });
