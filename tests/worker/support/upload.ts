/** A request sent piece by piece, without a length, to a server that may hang up in the middle. */

import { request } from "node:http";
import type { Answer } from "./api.ts";

/** The answer, which may come before the last piece was sent. */
export function upload(url: string, headers: Record<string, string>, pieces: Iterable<string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer to an upload")), 10_000);
    const sending = request(url, { method: "POST", headers }, async (response) => {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      clearTimeout(timer);
      sending.destroy();
      const { statusCode = 0, headers: got } = response;
      resolve({
        status: statusCode,
        headers: new Headers(got as Record<string, string>),
        text,
        body: JSON.parse(text),
      });
    });
    // Once refused, the rest has nowhere to go.
    sending.on("error", () => {});
    for (const piece of pieces) sending.write(piece);
    sending.end();
  });
}
