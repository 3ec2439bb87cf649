/** Options of the whole emulator: its address, and what every provider uses. */

import type { ReceiverOptions } from "./receiver/receiver.ts";

export interface SharedOptions extends ReceiverOptions {
  /** 0 takes any free port. */
  port: number;
  host: string;
  /** Multiplies every provider's retry schedule: 0.01 makes 5 s into 50 ms. */
  retryScale: number;
  /** Origins a sign-in may return to. */
  clientRedirects: string[];
  /** Where webhooks go that a request names, instead of their own origin; empty for that. */
  webhookOrigin: string;
  /** false: what is started stays pending, and nothing is sent, until `deliver` or `finish` is called. */
  autoDeliver: boolean;
}

export const SHARED_DEFAULTS: Readonly<SharedOptions> = {
  port: 8788,
  host: "127.0.0.1",
  retryScale: 1,
  clientRedirects: ["http://127.0.0.1:8787", "http://localhost:8787"],
  webhookOrigin: "",
  autoDeliver: true,
  receiverSecret: "whsec_ZW11bGF0b3Igb25seSwgZXZlbnRzIG91dCwgd29ydGggbm90aGluZw==",
  receiverPlan: "",
};
