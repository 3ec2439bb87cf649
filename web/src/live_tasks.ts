// The sockets of a page: one for each task that is followed, and one word for the state of them all. Knows no React.
import { type Api, ApiError } from "./api.ts";
import { openTaskSocket, type SocketState, type TaskSocket } from "./task_socket.ts";
import { isTerminal, type Live, type Task } from "./types.ts";

export type Connection = "live" | "reconnecting" | "offline" | "idle";

export interface LiveTasksOptions {
  api: Api;
  onTask: (task: Task) => void;
  onConnection: (connection: Connection) => void;
}

export interface LiveTasks {
  /** Follows a task to its end; one that is terminal or followed already is left alone. */
  follow(task: Task, live?: Live): void;
  stop(): void;
}

export function createLiveTasks({ api, onTask, onConnection }: LiveTasksOptions): LiveTasks {
  const sockets = new Map<string, TaskSocket>();
  const states = new Map<string, SocketState>();
  let reported: Connection | null = null;

  function report(): void {
    const connection = summarize([...states.values()], navigator.onLine);
    if (connection === reported) return;
    reported = connection;
    onConnection(connection);
  }

  function wakeAll(): void {
    report();
    for (const socket of sockets.values()) socket.wake();
  }

  function wakeIfVisible(): void {
    if (document.visibilityState === "visible") wakeAll();
  }

  addEventListener("online", wakeAll);
  addEventListener("offline", wakeAll);
  document.addEventListener("visibilitychange", wakeIfVisible);
  report();

  return {
    follow(task, live) {
      const { taskId, version } = task;
      if (isTerminal(task) || states.has(taskId)) return;
      const socket = openTaskSocket({
        taskId,
        url: socketUrl(live?.url ?? `/tasks/${encodeURIComponent(taskId)}/live`),
        ticket: live ?? null,
        version,
        renewTicket: api.renewTicket,
        onTask,
        onState(state) {
          if (state === "closed") {
            states.delete(taskId);
            sockets.delete(taskId);
          } else {
            states.set(taskId, state);
          }
          report();
        },
        isFinal: (error) => error instanceof ApiError && [401, 403, 404].includes(error.status),
      });
      sockets.set(taskId, socket);
    },
    stop() {
      removeEventListener("online", wakeAll);
      removeEventListener("offline", wakeAll);
      document.removeEventListener("visibilitychange", wakeIfVisible);
      for (const socket of [...sockets.values()]) socket.close();
    },
  };
}

/** One socket that is lost is enough to say so; one that is about to open for the first time is no news. */
export function summarize(states: SocketState[], isOnline: boolean): Connection {
  if (!isOnline) return "offline";
  if (states.includes("reconnecting")) return "reconnecting";
  return states.includes("live") ? "live" : "idle";
}

function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
