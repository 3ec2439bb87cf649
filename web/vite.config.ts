// Builds the page to web/dist, which the Worker serves as static assets.
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The client's sources, so that nothing needs to be built first.
  resolve: { conditions: ["@taskwire/source", ...defaultClientConditions] },
  build: {
    target: "es2022",
    // The page's Content-Security-Policy allows no inline code, and a preload polyfill would be one more script.
    modulePreload: { polyfill: false },
  },
});
