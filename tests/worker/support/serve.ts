/** What a child process runs: the Worker on a port, with its state in a folder, until it is killed. */

import { addressOf, deploy, migrate } from "./deployment.ts";

const job = JSON.parse(process.argv[2] ?? "{}");
const worker = deploy(job);
await addressOf(worker);
if (job.migrate) await migrate(worker);
console.log("ready");
