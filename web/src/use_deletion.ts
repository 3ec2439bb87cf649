// Asks to delete something, from anywhere on the page.
import { createContext, useContext } from "react";
import type { Doomed } from "./deletion.ts";

export const AskToDelete = createContext<(doomed: Doomed) => void>(() => {});

/** The function that opens the dialog. It is the same in every render. */
export function useAskToDelete(): (doomed: Doomed) => void {
  return useContext(AskToDelete);
}
