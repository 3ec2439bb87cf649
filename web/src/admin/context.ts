// The operators' client, for every component below, and errors that are about the whole page.
import type { TaskwireAdmin, TaskwireError } from "@taskwire/client/admin";
import { createContext, useContext } from "react";

export const AdminContext = createContext<TaskwireAdmin | null>(null);

export function useAdmin(): TaskwireAdmin {
  const admin = useContext(AdminContext);
  if (!admin) throw new Error("There is no AdminContext around this component.");
  return admin;
}

/** Nobody here may look, or nobody can: no view has anything to show. It is thrown to the page's boundary. */
export function isAboutAll({ status, code }: TaskwireError): boolean {
  return status === 403 || (status === 503 && code === "not_configured");
}
