// Starts the page.
import { TaskwireError } from "@taskwire/client";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/tasks.css";
import "./styles/views.css";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");

/** A refusal of the server's is on the page, in words: only what nobody expected belongs on the console. */
function onCaughtError(error: unknown): void {
  if (!(error instanceof TaskwireError)) console.error(error);
}

createRoot(root, { onCaughtError }).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
