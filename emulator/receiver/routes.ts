/** The receiver's routes: `POST /receiver` takes events, also under other names, and `GET /receiver` shows what came. */

import { html, json, parseJson, type Route } from "../http.ts";
import { code, escapeHtml, row, table } from "../markup.ts";
import { page } from "../page.ts";
import type { Received, Receiver, Told } from "./receiver.ts";

const SHOWN = 50;

function receivedRow({ id, name, at, body, status, refused, isRepeated }: Received): string {
  const how = refused === null ? "verified" : `refused: ${refused}`;
  const notes = [name && `at ${name}`, how, isRepeated && "seen before"].filter(Boolean).join(", ");
  const data = escapeHtml(JSON.stringify(body?.data ?? null).slice(0, 300));
  const when = new Date(at).toISOString();
  return row(String(status ?? "cut"), `${code(id)} ${code(body?.type ?? "")}<br>${when}, ${escapeHtml(notes)}`, data);
}

function receiverPage(receiver: Receiver): string {
  const rows = receiver.received.slice(-SHOWN).reverse().map(receivedRow);
  return page(
    "Receiver",
    `<h1>Receiver</h1>
<p>What the Worker has told your own backend, newest first: the status that was answered, and whether the signature was good.</p>
${table(rows)}
<p><a href="/">The emulator</a></p>`,
  );
}

export function receiverRoutes(receiver: Receiver): Route[] {
  const shown = () => html(200, receiverPage(receiver));
  const take: Route["handle"] = (call) => receiver.handle(call);
  /** A message of a queue is not signed: only who has the binding can put it there. */
  const takeMessage: Route["handle"] = async ({ params, body }) => {
    await receiver.take(params.name ?? "", parseJson(body) as Told);
    return json(200, { received: true });
  };
  return [
    { method: "GET", pattern: "/receiver", handle: shown, unrecorded: true },
    { method: "POST", pattern: "/receiver", handle: take, unrecorded: true },
    { method: "POST", pattern: "/receiver/:name", handle: take, unrecorded: true },
    { method: "POST", pattern: "/receiver/:name/messages", handle: takeMessage, unrecorded: true },
  ];
}
