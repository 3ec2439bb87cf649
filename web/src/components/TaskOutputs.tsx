// What a task has made besides pictures that have a tile: files, texts, and until when they are there.
import type { Output, Task } from "@taskwire/client";
import { moment } from "../words.ts";

export function TaskOutputs({ task }: { task: Task }) {
  // Pictures with a row have a tile already, and the result is shown as it is.
  const shown = task.images.length > 0 ? [] : task.outputs.filter(({ type }) => type !== "json");
  if (shown.length === 0) return null;
  return (
    <ul className="outputs" data-testid="outputs">
      {shown.map((output, at) => (
        // An output never changes, and neither does its place.
        <li key={at} data-type={output.type}>
          <Shown output={output} />
          {output.expiresAt !== undefined && (
            <p className="expiry" data-testid="expiry">
              Deleted by the provider{" "}
              <time dateTime={output.expiresAt}>
                {isPast(output.expiresAt) ? "by now" : `at ${moment(output.expiresAt)}`}
              </time>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function isPast(iso: string): boolean {
  return Date.parse(iso) <= Date.now();
}

function Shown({ output }: { output: Output }) {
  const { type, url, text } = output;
  if (text !== undefined) return <pre tabIndex={0}>{text}</pre>;
  if (url === undefined) return null;
  switch (type) {
    case "image":
      return <img src={url} alt="" loading="lazy" decoding="async" />;
    case "video":
      // biome-ignore lint/a11y/useMediaCaption: what a model makes has none.
      return <video src={url} controls preload="metadata" />;
    case "audio":
      // biome-ignore lint/a11y/useMediaCaption: what a model makes has none.
      return <audio src={url} controls preload="metadata" />;
    default:
      return (
        <a href={url} target="_blank" rel="noreferrer">
          {nameOf(url)}
        </a>
      );
  }
}

/** The last part of an address. */
function nameOf(url: string): string {
  return url.split(/[?#]/, 1)[0]?.split("/").at(-1) || url;
}
