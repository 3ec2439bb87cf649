/** The Worker. Its settings are the variables and secrets of its environment. */
export default class Taskwire {
  constructor(context: unknown, env: unknown);
  fetch(request: Request): Promise<Response>;
  /** Once a minute: what no room and no request takes care of any more. */
  scheduled(event: unknown): Promise<void>;
}

/** The Durable Object of one task or one channel: binding `TASKS`. */
export class TaskRoom {
  constructor(state: unknown, env: unknown);
}

/** The Durable Object of a feed: binding `FEEDS`. */
export class FeedRoom {
  constructor(state: unknown, env: unknown);
}
