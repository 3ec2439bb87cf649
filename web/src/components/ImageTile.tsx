// The tile of one picture: pending, the picture, or the error. Its size stays the same.
import type { Image } from "@taskwire/client";
import { useState } from "react";
import { FailureText } from "./FailureText.tsx";

interface Props {
  image: Image;
  prompt: string;
  /** The task shows the same error already. */
  isExplained: boolean;
}

const UNEXPLAINED = { code: "failed", message: "This picture could not be made." };

export function ImageTile({ image, prompt, isExplained }: Props) {
  const number = image.position + 1;
  return (
    <li className="tile" data-testid="image" data-status={image.status}>
      {image.status === "pending" && (
        <div className="shimmer">
          <span className="visually-hidden">Waiting for picture {number}</span>
          <span className="number" aria-hidden="true">
            {number}
          </span>
        </div>
      )}
      {image.status === "failed" && (
        <div className={isExplained ? "tile-failure brief" : "tile-failure"}>
          <FailureText failure={image.error ?? UNEXPLAINED} />
        </div>
      )}
      {image.status === "success" && image.url !== null && (
        <Picture key={image.url} url={image.url} prompt={prompt} number={number} />
      )}
      {image.status === "success" && image.url === null && (
        <div className="tile-failure">The picture was made, but the provider gave no address for it.</div>
      )}
    </li>
  );
}

function Picture({ url, prompt, number }: { url: string; prompt: string; number: number }) {
  const [state, setState] = useState<"loading" | "shown" | "broken">("loading");
  const [attempt, setAttempt] = useState(0);
  if (state === "broken") {
    return (
      <div className="tile-failure">
        The picture could not be loaded.
        <button
          type="button"
          className="button quiet"
          onClick={() => {
            setAttempt(attempt + 1);
            setState("loading");
          }}
        >
          Try again
        </button>
      </div>
    );
  }
  return (
    <a
      className="picture"
      href={url}
      target="_blank"
      rel="noreferrer"
      aria-label={`Open picture ${number} at full size: ${prompt}`}
    >
      <img
        key={attempt}
        src={url}
        alt={prompt}
        data-state={state}
        loading="lazy"
        decoding="async"
        onLoad={() => setState("shown")}
        onError={() => setState("broken")}
      />
    </a>
  );
}
