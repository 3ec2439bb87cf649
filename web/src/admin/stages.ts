// The stages of a task, from its start to its rows. Pure.
import type { Stage } from "@taskwire/client/admin";

export const STAGES: Record<Stage, { name: string; means: string }> = {
  start: { name: "Start", means: "From the request until the provider had accepted it" },
  provider: { name: "Provider", means: "The provider’s own work, until its webhook arrived" },
  apply: { name: "Apply", means: "From the webhook’s arrival until it was stored" },
  d1: { name: "D1", means: "Until the rows were in the database" },
};
