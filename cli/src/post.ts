/** Posts a signed webhook to the deployment, once. */

import { isObject } from "../../emulator/json.ts";
import { Failure, whyNoAnswer } from "./errors.ts";

export interface Answer {
  status: number;
  code: string | null;
  message: string | null;
}

const ANSWER_WITHIN_MS = 45_000;

export async function post(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await fetch(url, { method: "POST", body, headers, redirect: "manual", signal });
    const said: unknown = await response.json().catch(() => null);
    const error = isObject(said) && isObject(said.error) ? said.error : {};
    const text = (value: unknown) => (typeof value === "string" ? value : null);
    return { status: response.status, code: text(error.code), message: text(error.message) };
  } catch (error) {
    throw new Failure(`${new URL(url).origin} cannot be reached (${whyNoAnswer(error)}).`);
  }
}
