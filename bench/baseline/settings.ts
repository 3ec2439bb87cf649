/** The baseline's bindings and variables. */

import type { Feed, Room } from "./rooms.ts";

export interface Env {
  DB: Database;
  TASKS: Namespace<Room>;
  FEEDS: Namespace<Feed>;
  MYNTH_API_URL: string;
  MYNTH_API_KEY: string;
  MYNTH_WEBHOOK_SECRET: string;
  AUTH_ISSUER: string;
  AUTH_AUDIENCE: string;
  TASKWIRE_TOKEN_SECRET: string;
}
