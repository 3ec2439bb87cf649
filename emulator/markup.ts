/** Pieces of HTML that several pages are made of. Pure: values in, HTML out. */

import type { Try } from "./courier.ts";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

export function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

/** `head` and `cells` are HTML already. */
export function row(head: string, ...cells: string[]): string {
  return `<tr><th>${head}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

export function table(rows: readonly string[]): string {
  return rows.length > 0 ? `<table>${rows.join("\n")}</table>` : "<p>None yet.</p>";
}

/** The first words of a request. */
export function excerpt(text: string): string {
  return escapeHtml(text.slice(0, 200));
}

/** One attempt of a webhook. */
export function deliveryLine(event: string, { url, attempt, status, error }: Try): string {
  return `${code(event)} to ${code(url)}, attempt ${attempt}: ${escapeHtml(String(status ?? error ?? ""))}`;
}

/** One request: its status, what it is about, and what went out and came in because of it. All HTML but the status. */
export function requestRow(status: string, about: string, lines: readonly string[]): string {
  return row(escapeHtml(status), about, lines.join("<br>") || "nothing sent");
}
