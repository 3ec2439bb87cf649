/** Whether the server key is good for the admin API, and what that says needs a look. */

import type { Stats } from "../admin_types.ts";
import { type Check, fail, get, ok, refusalIn, warn } from "./check.ts";

const WHERE = 'One of TASKWIRE_SERVER_KEYS with the scope admin: [{"name":"cli","key":"twk_…","scopes":["admin"]}]';

export async function keyChecks(base: string, key: string | undefined): Promise<Check[]> {
  if (key === undefined) return [warn("key", "TASKWIRE_KEY is not set", WHERE)];
  if (!/^[\x21-\x7e]+$/.test(key)) return [fail("key", "TASKWIRE_KEY is no server key", WHERE)];
  const got = await get(`${base}/admin/stats`, { authorization: `Bearer ${key}` });
  if (got.status === 200) {
    const { problems = [] } = got.body as Partial<Stats>;
    return [
      ok("key", "TASKWIRE_KEY has the scope admin"),
      ...problems.map(({ what, detail }) => warn("operation", `${what}: ${detail}`, "taskwire stats")),
    ];
  }
  const { code, message } = refusalIn(got);
  if (got.status === 401) return [fail("key", `the deployment does not know TASKWIRE_KEY: ${message}`, WHERE)];
  if (code === "insufficient_scope")
    return [fail("key", message, 'Add "admin" to its scopes in TASKWIRE_SERVER_KEYS.')];
  if (got.status === 404)
    return [warn("key", "this deployment has no admin API", "Update @taskwire/worker, and deploy.")];
  return [fail("key", message, "See its logs: npx wrangler tail")];
}
