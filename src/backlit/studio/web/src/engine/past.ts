// What was changed by hand, gesture by gesture, so that one after another is taken back.

import type { Change } from "./trainer";

/** How things stood when a gesture began. */
export interface Before {
  gesture?: number | undefined;
  step: number;
  changes: readonly Change[];
}

/** Returns what can be taken back once a gesture begins, or goes on. */
export function begun(past: readonly Before[], now: Before): readonly Before[] {
  if (now.gesture !== undefined && past.at(-1)?.gesture === now.gesture) return past;
  // A change forgets those of later steps, which then cannot be taken back either.
  return [...past.filter(({ step }) => step <= now.step), now];
}

/** Returns how it was before the last gesture; of an opened state, before its last change. */
export function latest(past: readonly Before[], changes: readonly Change[]): Before | undefined {
  const last = changes.at(-1);
  return past.at(-1) ?? (last && { step: last.step, changes: changes.slice(0, -1) });
}
