// The state of the connection, as a dot and a word. The announcer tells screen readers of changes.
import type { ConnectionState } from "@taskwire/client";
import { useConnectionState } from "@taskwire/client/react";

const WORDS: Record<ConnectionState, { label: string; title: string }> = {
  live: { label: "Live", title: "Changes appear by themselves." },
  polling: { label: "Polling", title: "WebSockets seem to be blocked here, so the page asks every few seconds." },
  connecting: { label: "Connecting", title: "Connecting to the server." },
  reconnecting: {
    label: "Reconnecting",
    title: "The connection was lost. The page reconnects by itself, and no update is lost.",
  },
  offline: { label: "Offline", title: "There is no network. The page reconnects when it is back." },
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
