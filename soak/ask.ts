/** Requests, each with the statuses it may be answered with. Any other is a violation. */

import type { Answer } from "../tests/worker/support/api.ts";
import type { Book } from "./book.ts";
import type { Person } from "./people.ts";

export interface Question {
  method?: "GET" | "POST" | "DELETE";
  path: string;
  body?: object;
  may: readonly number[];
}

/** The route of a path: ids are left out, so that failures of one route are counted together. */
const routeOf = (path: string): string => path.replace(/\?.*/, "").replace(/\/[^/]*\d[^/]*/g, "/{id}");

/** Null if the answer is not one of those in `may`. */
export async function ask(book: Book, person: Person, question: Question): Promise<Answer | null> {
  const { method = "GET", path, body, may } = question;
  const name = `${method} ${routeOf(path)}`;
  book.count("requests");
  try {
    const api = await person.api;
    const json = { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await api.call(path, { method, ...(body && json) });
    const { status } = answer;
    const code = answer.body?.error?.code ?? "";
    if (status >= 400) book.count(`error: ${status} ${code} ${name}`);
    if (may.includes(status)) return answer;
    book.blame("answer", `${name} was answered ${status} ${code}: ${answer.text.slice(0, 200)}`);
  } catch (error) {
    book.count(`error: no answer ${name}`);
    book.blame("answer", `${name} was not answered: ${error}`);
  }
  return null;
}
