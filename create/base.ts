/** What a new project takes from this repository, as it was when the package was built. */

export interface Base {
  /** Of all of taskwire's packages. */
  version: string;
  /** The wrangler that this version was tested with. */
  wrangler: string;
  /** The oldest Node that wrangler runs on. */
  node: string;
  /** What does not depend on any choice, from wrangler.toml. */
  config: {
    compatibility_date: string;
    observability: object;
    triggers: { crons: string[] };
    durable_objects: { bindings: { name: string; class_name: string }[] };
    migrations: object[];
    assets: { binding: string; not_found_handling: string; run_worker_first: string[] };
  };
  /** The variables for a Worker beside the emulator: emulator/worker.env. */
  env: string;
}
