/** The last channels, for the index page. Pure: values in, HTML out. */

import { code, deliveryLine, excerpt, requestRow } from "../markup.ts";
import type { ModelRiverControl } from "./control.ts";

export function recentChannels({ channels, deliveries, callbacks }: ModelRiverControl, most: number): string[] {
  const newest = [...channels.values()].slice(-most).reverse();
  return newest.map(({ id, status, request, prompt }) => {
    const sent = deliveries
      .filter(({ channelId }) => channelId === id)
      .map((attempt) => deliveryLine(attempt.type, attempt));
    const came = callbacks
      .filter(({ channelId }) => channelId === id)
      .map((callback) => `callback: ${callback.status ?? "no answer"}`);
    return requestRow(status, `${code(id)}<br>${code(request.workflow)} ${excerpt(prompt)}`, [...sent, ...came]);
  });
}
