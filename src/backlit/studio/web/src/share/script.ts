// The script that does this run again in Python: its text comes from Python, with gaps.

import type { Studio } from "../studio.svelte";

/** Returns the script of the run up to the step that is shown. */
export function scriptOf({ bundle, frame }: Studio): string {
  const changes = JSON.stringify(frame?.changes ?? []);
  return bundle.script
    .replace("__CHANGES__", () => changes)
    .replace("__STEPS__", String(frame?.step ?? 0));
}
