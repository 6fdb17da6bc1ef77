// The points of the plane, or of the line, at which a network is asked for its answer.

import { floats, type Bundle } from "../bundle";

const MARGIN = 0.12; // of the data's extent, on each side

/** Returns the least and the largest value of each input, with a margin. */
export function bounds(bundle: Bundle): [number, number][] {
  const x = floats(bundle.table.x);
  const inputs = bundle.spec.network.inputs;
  return Array.from({ length: inputs }, (_, i) => {
    let [low, high] = [Infinity, -Infinity];
    for (let n = i; n < x.length; n += inputs) {
      low = Math.min(low, x[n] ?? low);
      high = Math.max(high, x[n] ?? high);
    }
    const margin = (high - low || 2) * MARGIN;
    return [low - margin, high + margin];
  });
}

/** Returns the inputs of a square of points, top row first; of one input, of a row. */
export function grid(bundle: Bundle, points: number): Float64Array {
  const limits = bounds(bundle);
  const at = (axis: number, n: number) => {
    const [low, high] = limits[axis] ?? [0, 1];
    return low + ((high - low) * (n + 0.5)) / points;
  };
  if (limits.length === 1) return Float64Array.from({ length: points }, (_, n) => at(0, n));
  const found = new Float64Array(2 * points * points);
  for (let row = 0; row < points; row++)
    for (let column = 0; column < points; column++)
      found.set([at(0, column), at(1, points - 1 - row)], 2 * (row * points + column));
  return found;
}
