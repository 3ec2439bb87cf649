/** The options that most providers have, and their flags. */

import { ADDRESS, FILLED, type Flag, flag, number } from "./flag.ts";

export interface UsualOptions {
  /** The webhook registered with the provider; empty for none. */
  webhookUrl: string;
  webhookSecret: string;
  /** The bearer key of the API. */
  apiKey: string;
  /** How long a request takes, up to a tenth more or less. */
  latencyMs: number;
}

export function usualFlags(title: string): Flag<UsualOptions>[] {
  return [
    flag("webhookUrl", `${title}'s registered webhook, empty for none`, ADDRESS),
    flag("webhookSecret", `signs ${title}'s webhooks`, FILLED),
    flag("apiKey", `the bearer key ${title} accepts`, FILLED),
    flag("latencyMs", `how long a request to ${title} takes`, number(0)),
  ];
}
