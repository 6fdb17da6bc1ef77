// What was changed by hand before the first step counts on in another network, wherever the
// same thing is there: a weight that was set stays when the activation is changed.

import type { Bundle } from "./bundle";
import type { Change } from "./engine/trainer";
import { same } from "./spec";

export function carried(changes: readonly Change[], from: Bundle, to: Bundle): Change[] {
  return changes.filter(
    (change) => change.step === 0 && "name" in change && isThere(change.name, from, to),
  );
}

/** Tells whether a parameter begins as it did, or the samples are the same. */
function isThere(name: string, from: Bundle, to: Bundle): boolean {
  if (name === "x" || name === "t") return from.table[name] === to.table[name];
  const shapes = [from, to].map((bundle) => bundle.layout[name]?.shape);
  return same(shapes[0], shapes[1]) && same(from.first[name], to.first[name]);
}
