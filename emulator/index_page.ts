/** The index page: what the emulator is, how it is set, and what it did last. Pure: values in, HTML out. */

import type { Try } from "./courier.ts";
import { FLAGS } from "./flags.ts";
import { escapeHtml } from "./http.ts";
import type { Channel, ModelRiverControl } from "./modelriver/control.ts";
import { KEYWORDS as MODELRIVER_KEYWORDS } from "./modelriver/keywords.ts";
import type { Attempt } from "./mynth/delivery.ts";
import { KEYWORDS } from "./mynth/keywords.ts";
import type { Task } from "./mynth/tasks.ts";
import type { EmulatorOptions } from "./options.ts";
import { page } from "./page.ts";

const SHOWN = 20;

function table(rows: string[]): string {
  return `<table>${rows.join("\n")}</table>`;
}

function wordTable(words: Readonly<Record<string, string>>): string {
  const row = ([word, means]: [string, string]) =>
    `<tr><th><code>[${word}]</code></th><td>${escapeHtml(means)}</td></tr>`;
  return table(Object.entries(words).map(row));
}

function deliveryLine(event: string, { url, attempt, status, error }: Try): string {
  const answer = escapeHtml(String(status ?? error ?? ""));
  return `<code>${escapeHtml(event)}</code> to <code>${escapeHtml(url)}</code>, attempt ${attempt}: ${answer}`;
}

function pictures(task: Task): string {
  if (task.status !== "completed") return "";
  const shown = task.images.map((image) =>
    image.ok ? `<img src="/images/${image.id}.png" alt="" loading="lazy">` : "",
  );
  return `<br>${shown.join("")}`;
}

function taskRow(task: Task, deliveries: readonly Attempt[]): string {
  const sent = deliveries
    .filter((attempt) => attempt.taskId === task.id)
    .map((attempt) => deliveryLine(attempt.event, attempt));
  return `<tr><th>${escapeHtml(task.status)}</th><td><code>${escapeHtml(task.id)}</code><br>${escapeHtml(task.request.prompt.slice(0, 200))}${pictures(task)}</td><td>${sent.join("<br>") || "nothing sent"}</td></tr>`;
}

function channelRow({ id, status, request, prompt }: Channel, { deliveries, callbacks }: ModelRiverControl): string {
  const sent = deliveries
    .filter(({ channelId }) => channelId === id)
    .map((attempt) => deliveryLine(attempt.type, attempt));
  const came = callbacks
    .filter(({ channelId }) => channelId === id)
    .map((callback) => `callback: ${callback.status ?? "no answer"}`);
  const about = `<code>${escapeHtml(id)}</code><br><code>${escapeHtml(request.workflow)}</code> ${escapeHtml(prompt.slice(0, 200))}`;
  return `<tr><th>${escapeHtml(status)}</th><td>${about}</td><td>${[...sent, ...came].join("<br>") || "nothing sent"}</td></tr>`;
}

export function indexPage(
  options: EmulatorOptions,
  newestTasks: readonly Task[],
  deliveries: readonly Attempt[],
  modelriver: ModelRiverControl,
): string {
  const flags = FLAGS.map(
    (flag) =>
      `<tr><th><code>--${flag.name}</code></th><td><code>${escapeHtml(flag.show(options)) || "none"}</code></td><td>${escapeHtml(flag.means)}</td></tr>`,
  );
  const tasks = newestTasks.slice(0, SHOWN).map((task) => taskRow(task, deliveries));
  const channels = [...modelriver.channels.values()]
    .reverse()
    .slice(0, SHOWN)
    .map((channel) => channelRow(channel, modelriver));
  return page(
    "Mynth, ModelRiver and OIDC",
    `<h1>Emulator</h1>
<p>Stands in for the image provider Mynth, for the text provider ModelRiver and for an OIDC issuer, on this machine only: real HTTP, real signatures, real pictures, nothing paid for.</p>
<h2>Words in a prompt to Mynth</h2>
<p>In square brackets, anywhere in the prompt.</p>
${wordTable(KEYWORDS)}
<h2>Words in a message to ModelRiver</h2>
<p>In square brackets, anywhere in the last message of the user.</p>
${wordTable(MODELRIVER_KEYWORDS)}
<h2>Set to</h2>
${table(flags)}
<h2>Last tasks</h2>
${tasks.length > 0 ? table(tasks) : "<p>None yet.</p>"}
<h2>Last requests to ModelRiver</h2>
${channels.length > 0 ? table(channels) : "<p>None yet.</p>"}
<h2>Sign-in</h2>
<p><a href="/.well-known/openid-configuration">Discovery</a>, <a href="/jwks">keys</a>. Any name signs in.</p>`,
  );
}
