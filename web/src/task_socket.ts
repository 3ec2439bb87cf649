// One task's socket: opens it, keeps it open through drops, and hands over every newer version of the task until
// the task is terminal. Knows no React and keeps no task, only the version it has seen.
import type { Frame, Task, Ticket } from "./types.ts";
import { isTerminal } from "./types.ts";

/** `opening` is the first try; after that, whatever is not `live` is `reconnecting`. */
export type SocketState = "opening" | "live" | "reconnecting" | "closed";

export interface TaskSocketOptions {
  taskId: string;
  /** Absolute, ws: or wss:, without the version. */
  url: string;
  /** Without one, the first is asked for. */
  ticket: Ticket | null;
  version: number;
  renewTicket: (taskId: string, signal: AbortSignal) => Promise<Ticket>;
  onTask: (task: Task) => void;
  onState: (state: SocketState) => void;
  /** Whether a refused ticket is refused for good (the task is gone, the session is over). */
  isFinal: (error: unknown) => boolean;
}

export interface TaskSocket {
  /** Something hints that the network is back or was away: retry now, or prove that the socket is alive. */
  wake(): void;
  close(): void;
}

export const PING_EVERY_MS = 25_000;
export const PONG_WITHIN_MS = 5_000;
const OPEN_WITHIN_MS = 10_000;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 16_000;
/** A ticket about to expire is not worth a refused socket. */
const TICKET_MARGIN_MS = 5_000;

/** Between half and all of a doubling span, so that clients dropped together do not come back together. */
export function backoffDelay(attempt: number, random: () => number = Math.random): number {
  const span = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** (attempt + 1));
  return Math.max(BACKOFF_FIRST_MS, span * (0.5 + random() / 2));
}

export function openTaskSocket(options: TaskSocketOptions): TaskSocket {
  const { taskId } = options;
  const aborter = new AbortController();
  let { ticket, version } = options;
  let socket: WebSocket | null = null;
  let isConnecting = false;
  let isClosed = false;
  let attempt = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let pingTimer: ReturnType<typeof setTimeout> | undefined;
  let silenceTimer: ReturnType<typeof setTimeout> | undefined;

  function finish(): void {
    if (isClosed) return;
    isClosed = true;
    aborter.abort();
    clearTimeout(retryTimer);
    release(1000);
    options.onState("closed");
  }

  /** Lets go of the socket without waiting for its close event, which a dead network may hold back for minutes. */
  function release(code?: number): void {
    clearTimeout(pingTimer);
    clearTimeout(silenceTimer);
    const old = socket;
    socket = null;
    if (old === null) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close(code);
  }

  function retryLater(): void {
    release();
    if (isClosed) return;
    options.onState("reconnecting");
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, backoffDelay(attempt));
    attempt += 1;
  }

  async function connect(): Promise<void> {
    if (isClosed || isConnecting || socket !== null) return;
    clearTimeout(retryTimer);
    isConnecting = true;
    try {
      if (ticket === null || Date.parse(ticket.expiresAt) - Date.now() < TICKET_MARGIN_MS) {
        ticket = await options.renewTicket(taskId, aborter.signal);
      }
    } catch (error) {
      if (isClosed) return;
      if (options.isFinal(error)) finish();
      else retryLater();
      return;
    } finally {
      isConnecting = false;
    }
    if (!isClosed) dial(ticket.ticket);
  }

  function dial(secret: string): void {
    const url = new URL(options.url);
    url.searchParams.set("version", String(version));
    const dialled = new WebSocket(url, ["taskwire", `ticket.${secret}`]);
    let hasSpoken = false;
    socket = dialled;
    silenceTimer = setTimeout(retryLater, OPEN_WITHIN_MS);
    dialled.onopen = () => {
      options.onState("live");
      heard();
    };
    dialled.onmessage = (event) => {
      hasSpoken = true;
      attempt = 0;
      heard();
      if (typeof event.data === "string") receive(event.data);
    };
    dialled.onclose = () => {
      // A browser does not say why a socket was refused; the ticket is the likeliest reason, and cheap to replace.
      if (!hasSpoken) ticket = null;
      retryLater();
    };
  }

  function heard(): void {
    clearTimeout(silenceTimer);
    clearTimeout(pingTimer);
    pingTimer = setTimeout(probe, PING_EVERY_MS);
  }

  function probe(): void {
    if (socket?.readyState !== WebSocket.OPEN) return;
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(retryLater, PONG_WITHIN_MS);
    socket.send("ping");
  }

  function receive(text: string): void {
    const frame = readFrame(text);
    if (frame?.type !== "task" || frame.task.taskId !== taskId || frame.task.version < version) return;
    version = frame.task.version;
    options.onTask(frame.task);
    if (isTerminal(frame.task)) finish();
  }

  options.onState("opening");
  void connect();

  return {
    wake() {
      if (isClosed) return;
      if (socket !== null) return probe();
      attempt = 0;
      void connect();
    },
    close: finish,
  };
}

function readFrame(text: string): Frame | null {
  if (text === "pong") return null;
  try {
    return JSON.parse(text) as Frame | null;
  } catch {
    return null;
  }
}
