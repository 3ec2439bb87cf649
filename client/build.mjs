// Builds the package into dist/: a module and its declarations for each entry.
import { fileURLToPath } from "node:url";
import { writePackage } from "../scripts/lib/package_build.mjs";
import { bundle, ENTRIES } from "./bundle.mjs";

const modules = await Promise.all(ENTRIES.map(async (entry) => [entry, await bundle(entry)]));
const declared = ENTRIES.map((entry) => `${entry}.d.ts`);
writePackage(fileURLToPath(new URL(".", import.meta.url)), Object.fromEntries(modules), declared);
