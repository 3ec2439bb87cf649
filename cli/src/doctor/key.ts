/** Whether the server key is good for the admin API, and what that says needs a look. */

import type { Stats } from "../admin_types.ts";
import { isKey } from "../context.ts";
import { type Check, fail, get, ok, refusalIn, warn } from "./check.ts";

const WHERE = 'One of TASKWIRE_SERVER_KEYS with the scope admin: [{"name":"cli","key":"twk_…","scopes":["admin"]}]';

export async function keyChecks(base: string, key: { value: string; name: string } | undefined): Promise<Check[]> {
  if (key === undefined) return [warn("key", "TASKWIRE_KEY is not set", WHERE)];
  const { value, name } = key;
  if (!isKey(value)) return [fail("key", `${name} is no server key`, WHERE)];
  const got = await get(`${base}/admin/stats`, { authorization: `Bearer ${value}` });
  if (got.status === 200) {
    const { problems = [] } = got.body as Partial<Stats>;
    return [
      ok("key", `${name} has the scope admin`),
      ...problems.map(({ what, detail }) => warn("operation", `${what}: ${detail}`, "taskwire stats")),
    ];
  }
  const { code, message } = refusalIn(got);
  if (got.status === 401) return [fail("key", `the deployment does not know ${name}: ${message}`, WHERE)];
  if (code === "insufficient_scope")
    return [fail("key", message, 'Add "admin" to its scopes in TASKWIRE_SERVER_KEYS.')];
  if (got.status === 404)
    return [warn("key", "this deployment has no admin API", "Update @taskwire/worker, and deploy.")];
  return [fail("key", message, "See its logs: npx wrangler tail")];
}
