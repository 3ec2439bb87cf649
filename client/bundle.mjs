// What is published of each entry: one module, and what it leaves to its peers.
import { bundle as bundleFile } from "../scripts/lib/package_build.mjs";

export const ENTRIES = ["index", "react", "config", "admin"];

const at = (path) => new URL(path, import.meta.url).pathname;

export const bundle = (entry, options = {}) => bundleFile(at(`src/${entry}.ts`), { external: ["react"], ...options });
