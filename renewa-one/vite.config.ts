import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: "frontend",
  plugins: [react()],
  build: { outDir: "../dist/public", emptyOutDir: true },
  // Vite serves the page, `bun run dev:backend` the rest: one origin, as in the image.
  server: { proxy: { "/api": "http://127.0.0.1:3000", "/version": "http://127.0.0.1:3000" } },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.{ts,tsx}"],
    pool: "threads", // Bun runs these tests, and cannot be forked the way Node is
    coverage: {
      provider: "istanbul",
      reporter: ["lcovonly"],
      reportsDirectory: "../reports/frontend",
    },
  },
});
