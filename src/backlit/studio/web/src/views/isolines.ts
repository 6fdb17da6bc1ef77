// Lines of equal value over a square of points, as the data of a path from 0 to 1.

import { contours } from "d3-contour";

/** Returns the line that parts the values below a level from those above.
 *
 * Rows go down from the top. The edge of the square is no part of a line.
 */
export function isoline(values: ArrayLike<number>, side: number, level: number): string {
  const [shape] = contours().size([side, side]).thresholds([level])(Array.from(values));
  const rings = (shape?.coordinates ?? []).flat();
  return rings.map((ring) => open(ring as [number, number][], side)).join("");
}

function open(ring: [number, number][], side: number): string {
  const onEdge = ([x, y]: [number, number]) => x <= 0 || y <= 0 || x >= side || y >= side;
  let path = "";
  let pen = false;
  ring.forEach((point, n) => {
    const before = ring[n - 1];
    const edge = onEdge(point);
    if (before && !(edge && onEdge(before)))
      path += `${pen ? "" : `M${place(before, side)}`}L${place(point, side)}`;
    pen = before !== undefined && !(edge && onEdge(before));
  });
  return path;
}

function place([x, y]: [number, number], side: number): string {
  return `${(x / side).toFixed(4)} ${(y / side).toFixed(4)}`;
}

/** Returns where the largest of several values changes, as 0 and 1 for one of them. */
export function lead(values: ArrayLike<number>, width: number, unit: number): Float64Array {
  const count = values.length / width;
  return Float64Array.from({ length: count }, (_, n) => {
    let other = -Infinity;
    for (let k = 0; k < width; k++)
      if (k !== unit) other = Math.max(other, values[n * width + k] ?? other);
    return (values[n * width + unit] ?? NaN) - other;
  });
}
