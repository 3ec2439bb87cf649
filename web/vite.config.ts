// Builds the page to web/dist, which the Worker serves as static assets.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
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
  resolve: {
    alias: [
      { find: /^@taskwire\/client$/, replacement: at("../client/src/index.ts") },
      { find: /^@taskwire\/client\/react$/, replacement: at("../client/src/react.ts") },
      { find: /^@taskwire\/client\/config$/, replacement: at("../client/src/config.ts") },
    ],
  },
  build: {
    target: "es2022",
    // The page's Content-Security-Policy allows no inline code, and a preload polyfill would be one more script.
    modulePreload: { polyfill: false },
  },
});
