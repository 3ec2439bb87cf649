// The state of the page's sockets, as a dot and a word. Changes are read out by the announcer, not here.
import type { ConnectionState } from "@taskwire/client";
import { useConnectionState } from "@taskwire/client/react";

const WORDS: Record<ConnectionState, { label: string; title: string }> = {
  live: { label: "Live", title: "Everything appears by itself." },
  polling: { label: "Polling", title: "Sockets seem to be blocked here, so the page asks every few seconds." },
  connecting: { label: "Connecting", title: "The connection is being made." },
  reconnecting: {
    label: "Reconnecting",
    title: "The connection was lost and is being made anew. Nothing is lost meanwhile.",
  },
  offline: { label: "Offline", title: "There is no network. Everything goes on when it is back." },
  idle: { label: "Ready", title: "There is nothing to wait for." },
};

export function ConnectionPill() {
  const connection = useConnectionState();
  const { label, title } = WORDS[connection];
  return (
    <span className="pill" data-testid="connection" data-state={connection} title={title}>
      <span className="visually-hidden">Connection: </span>
      {label}
    </span>
  );
}
