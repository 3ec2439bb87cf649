// Builds the page to web/dist, which the Worker serves as static assets.
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

/**
 * Vite wraps each dynamic import in a function that loads beforehand what its chunk needs. Ours need nothing that the page
 * has not loaded, and React loads their styles. So the function is left out of the first load.
 */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null),
};

export default defineConfig({
  plugins: [plainImports, react()],
  // The client's sources, so that nothing needs to be built first.
  resolve: { conditions: ["@taskwire/source", ...defaultClientConditions] },
  build: {
    target: "es2022",
    // The page's Content-Security-Policy allows no inline code, and a preload polyfill would be one more script.
    modulePreload: { polyfill: false },
  },
});
