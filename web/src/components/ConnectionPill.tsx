// The state of the page's sockets, as a dot and a word. Changes are read out by the announcer, not here.
import type { Connection } from "../live_tasks.ts";

const WORDS: Record<Connection, { label: string; title: string }> = {
  live: { label: "Live", title: "Pictures appear by themselves." },
  reconnecting: { label: "Reconnecting", title: "The connection was lost and is being made anew. Nothing is lost meanwhile." },
  offline: { label: "Offline", title: "There is no network. Everything goes on when it is back." },
  idle: { label: "Ready", title: "Nothing is running." },
};

export function ConnectionPill({ connection }: { connection: Connection }) {
  const { label, title } = WORDS[connection];
  return (
    <span className="pill" data-testid="connection" data-state={connection} title={title}>
      <span className="visually-hidden">Connection: </span>
      {label}
    </span>
  );
}
