// What was changed by hand before the first step counts on in another network, wherever the
// same thing is there: a weight that was set stays when the activation is changed.

import type { Bundle } from "./bundle";
import type { Change } from "./engine/trainer";
import { same } from "./spec";
import { parsed } from "./why/element";

export function carried(changes: readonly Change[], from: Bundle, to: Bundle): Change[] {
  return changes.filter(
    (change) => change.step === 0 && "name" in change && isThere(change.name, from, to),
  );
}

/** Tells whether an element is in a network: `dense1.weight[0,1]`. */
export function remains(element: string, { layout }: Bundle): boolean {
  const { name, places } = parsed(element);
  const shape = layout[name]?.shape;
  return !!shape && places.every((place, axis) => place < (shape.at(axis - places.length) ?? 0));
}

/** Tells whether a parameter begins as it did, or the samples are the same. */
function isThere(name: string, from: Bundle, to: Bundle): boolean {
  if (name === "x" || name === "t") return from.table[name] === to.table[name];
  const shapes = [from, to].map((bundle) => bundle.layout[name]?.shape);
  return same(shapes[0], shapes[1]) && same(from.first[name], to.first[name]);
}
