/** The refusal that takes 20 s: everything else is tested meanwhile. */

import { app, ask, good, refused } from "./deployed.ts";

/** Repeats a start whose first request is still under way, as if its process had died. */
export const underWay = refused("idempotency_in_progress", async ({ name, path }) => {
  const { token } = await app.as(path);
  const asking = { body: good(name), token, headers: { "idempotency-key": "one" } };
  await ask(name, asking);
  // Another row than that of the task that was started: its room knows nothing of it.
  await app.sql(
    "UPDATE tasks SET id = substr(id, 1, 26) || 'zz', mynth_task_id = NULL, error = NULL WHERE user_id = ?",
    path,
  );
  await app.sql(
    "UPDATE idempotency_keys SET task_id = substr(task_id, 1, 26) || 'zz' WHERE user_id = ? AND length(task_id) = 28",
    path,
  );
  await app.sql("UPDATE idempotency_keys SET task_id = 'ai:under way' WHERE user_id = ? AND task_id LIKE 'ai:%'", path);
  return ask(name, asking);
});
