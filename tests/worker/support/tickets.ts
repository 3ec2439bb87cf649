/** Tickets made by hand, as the Worker would sign them: for another time, another scope, or with another secret. */

import { createHmac } from "node:crypto";
import { variables } from "./deployment.ts";

export const SECRET = variables("").TASKWIRE_TOKEN_SECRET ?? "";

/** Ada's ticket for the next minute, unless `fields` say otherwise. */
export function ticketOf(fields: object, secret = SECRET): string {
  const all = { user: "ada", expiresAt: Date.now() + 60_000, ...fields };
  return sealed("taskwire ticket v1", all, secret);
}

/** What the Worker would have signed for this purpose. */
export function sealed(purpose: string, value: object, secret = SECRET): string {
  const payload = Buffer.from(JSON.stringify(value)).toString("base64url");
  return `v1.${payload}.${createHmac("sha256", secret).update(`${purpose}\n${payload}`).digest("base64url")}`;
}
