// The entry of the page.
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

/** The page itself shows a TaskwireError. The console gets only unexpected errors. */
function onCaughtError(error: unknown): void {
  if (!(error instanceof TaskwireError)) console.error(error);
}

createRoot(root, { onCaughtError }).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
