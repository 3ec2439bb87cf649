// Builds the page to web/dist, which the Worker serves as static assets.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // The page's Content-Security-Policy allows no inline code, and a preload polyfill would be one more script.
    modulePreload: { polyfill: false },
  },
});
