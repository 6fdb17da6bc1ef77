// The tests' own settings, apart: the build has no Vitest.
import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";
import build from "./vite.config.ts";

export default mergeConfig(
  build,
  defineConfig({
    test: { testTimeout: 60_000 }, // Python is asked, on a machine that may be busy
  }),
);
