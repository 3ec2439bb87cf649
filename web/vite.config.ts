// Builds the page to web/dist, which the Worker serves as static assets.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";
import { unstable_readConfig as readConfig } from "wrangler";
import { allow, signInOrigins } from "./policy.mjs";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The Worker's variables, as they are deployed: the issuer among them is the one that the page may call. */
const { vars } = readConfig({ config: at("../wrangler.toml") }, { hideWarnings: true });

const headers: Plugin = {
  name: "headers",
  apply: "build",
  generateBundle() {
    const source = allow(readFileSync(at("_headers"), "utf8"), { connect: signInOrigins(vars) });
    this.emitFile({ type: "asset", fileName: "_headers", source });
  },
};

export default defineConfig({
  plugins: [react(), headers],
  // The client's sources, so that nothing needs to be built first.
  resolve: { conditions: ["@taskwire/source", ...defaultClientConditions] },
  build: {
    target: "es2022",
    // The page's Content-Security-Policy allows no inline code, and a preload polyfill would be one more script.
    modulePreload: { polyfill: false },
  },
});
