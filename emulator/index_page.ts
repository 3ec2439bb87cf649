/** The index page: what the emulator is, how it is set, and what it did last. Pure: values in, HTML out. */

import { escapeHtml } from "./http.ts";
import type { Attempt } from "./mynth/delivery.ts";
import { KEYWORDS } from "./mynth/keywords.ts";
import type { Task } from "./mynth/tasks.ts";
import { type EmulatorOptions, FLAGS } from "./options.ts";
import { page } from "./page.ts";

const SHOWN = 20;

function table(rows: string[]): string {
  return `<table>${rows.join("\n")}</table>`;
}

function deliveryLine(attempt: Attempt): string {
  const answer = attempt.status ?? attempt.error ?? "";
  return `<code>${escapeHtml(attempt.event)}</code> to <code>${escapeHtml(attempt.url)}</code>, attempt ${attempt.attempt}: ${escapeHtml(String(answer))}`;
}

function pictures(task: Task): string {
  if (task.status !== "completed") return "";
  const shown = task.images.map((image) => (image.ok ? `<img src="/images/${image.id}.png" alt="" loading="lazy">` : ""));
  return `<br>${shown.join("")}`;
}

function taskRow(task: Task, deliveries: readonly Attempt[]): string {
  const sent = deliveries.filter((attempt) => attempt.taskId === task.id).map(deliveryLine);
  return `<tr><th>${escapeHtml(task.status)}</th><td><code>${escapeHtml(task.id)}</code><br>${escapeHtml(task.request.prompt.slice(0, 200))}${pictures(task)}</td><td>${sent.join("<br>") || "nothing sent"}</td></tr>`;
}

export function indexPage(options: EmulatorOptions, newestTasks: readonly Task[], deliveries: readonly Attempt[]): string {
  const flags = FLAGS.map(
    (flag) => `<tr><th><code>--${flag.name}</code></th><td><code>${escapeHtml(flag.show(options)) || "none"}</code></td><td>${escapeHtml(flag.means)}</td></tr>`,
  );
  const keywords = Object.entries(KEYWORDS).map(
    ([word, means]) => `<tr><th><code>[${word}]</code></th><td>${escapeHtml(means)}</td></tr>`,
  );
  const tasks = newestTasks.slice(0, SHOWN).map((task) => taskRow(task, deliveries));
  return page(
    "Mynth and OIDC",
    `<h1>Emulator</h1>
<p>Stands in for the image provider Mynth and for an OIDC issuer, on this machine only: real HTTP, real signatures, real pictures, nothing paid for.</p>
<h2>Words in a prompt</h2>
<p>In square brackets, anywhere in the prompt.</p>
${table(keywords)}
<h2>Set to</h2>
${table(flags)}
<h2>Last tasks</h2>
${tasks.length > 0 ? table(tasks) : "<p>None yet.</p>"}
<h2>Sign-in</h2>
<p><a href="/.well-known/openid-configuration">Discovery</a>, <a href="/jwks">keys</a>. Any name signs in.</p>`,
  );
}
