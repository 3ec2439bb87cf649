// node script.mjs USER PROMPT: makes a picture for one of your users, and prints its address.
import { setTimeout as pause } from "node:timers/promises";
import { createTaskwireServer } from "@taskwire/server";

const { TASKWIRE_URL = "", TASKWIRE_KEY = "" } = process.env;
const [user = "", prompt = ""] = process.argv.slice(2);
const taskwire = createTaskwireServer({ url: TASKWIRE_URL, key: TASKWIRE_KEY }).as(user);

const { taskId } = await taskwire.generate({ prompt, model: "auto" });
let task = await taskwire.task(taskId).get();
while (task.status === "pending") {
  await pause(1_000);
  task = await taskwire.task(taskId).get();
}
for (const { url, error } of task.images) console.log(url ?? error?.message);
if (task.status === "failed") process.exitCode = 1;
