// One script and one stylesheet, with names that do not change: the server, the notebook
// and the exported page all take these two files.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  base: "./",
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // they know light-dark()
    cssCodeSplit: false,
    modulePreload: false,
    lib: {
      entry: "src/main.ts",
      formats: ["es"],
      fileName: () => "studio.js",
      cssFileName: "studio",
    },
  },
  worker: { format: "iife" }, // a page opened from disk starts no module as a worker
});
