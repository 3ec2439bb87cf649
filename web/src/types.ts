// The JSON of the API, as the server writes it. Knows nothing of fetch, sockets or React.

export type TaskStatus = "pending" | "completed" | "failed";
export type ImageStatus = "pending" | "success" | "failed";

export interface Failure {
  code: string;
  message: string;
}

export interface TaskImage {
  id: string;
  position: number;
  mynthTaskId: string;
  requestedModel: string;
  status: ImageStatus;
  imageId: string | null;
  url: string | null;
  error: Failure | null;
}

export interface Task {
  taskId: string;
  mynthTaskId: string;
  kind: string;
  userId: string;
  status: TaskStatus;
  /** Rises with every change; the higher one of two copies is the newer. */
  version: number;
  prompt: string | null;
  requestedModel: string | null;
  model: string | null;
  error: Failure | null;
  cost: string | null;
  metadata: Record<string, unknown> | null;
  createdAt: string;
  updatedAt: string;
  images: TaskImage[];
  /** What kinds other than images return. */
  result: unknown;
}

export interface Ticket {
  ticket: string;
  expiresAt: string;
}

/** Where a task's socket is, and a ticket that opens it. */
export interface Live extends Ticket {
  url: string;
}

export interface GenerateInput {
  prompt: string;
  model: string;
  count: number;
}

export interface GenerateAnswer {
  taskId: string;
  mynthTaskId: string;
  task: Task;
  live: Live;
}

export interface TaskPage {
  tasks: Task[];
  nextCursor: string | null;
}

export interface Issue {
  path: string;
  message: string;
}

export type Frame = { type: "task"; task: Task } | { type: "current"; version: number };

export function isTerminal(task: Task): boolean {
  return task.status !== "pending";
}
