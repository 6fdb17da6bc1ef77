// Lines of equal value over a square of points, as the data of a path from 0 to 1.

import { contours } from "d3-contour";

/** Returns the line that parts the values below a level from those above.
 *
 * Rows go down from the top. The edge of the square is no part of a line.
 */
export function isoline(values: ArrayLike<number>, side: number, level: number): string {
  const [shape] = contours().size([side, side]).thresholds([level])(values as number[]);
  const rings = (shape?.coordinates ?? []).flat();
  return rings.map((ring) => open(ring as Point[], side)).join("");
}

/** Leaves out what runs along the edge. d3 rounds the corners there; this goes straight on. */
function open(ring: Point[], side: number): string {
  const edge = ring.map(([x, y]) => x <= 0 || y <= 0 || x >= side || y >= side);
  let path = "";
  ring.forEach((point, n) => {
    const before = ring[n - 1];
    if (!before || (edge[n] && edge[n - 1])) return;
    const from = edge[n - 1] ? onward(ring[n + 1] ?? point, point, before, side) : before;
    const to = edge[n] ? onward(ring[n - 2] ?? before, before, point, side) : point;
    const begins = n === 1 || edge[n - 1];
    path += `${begins ? `M${place(from, side)}` : ""}L${place(to, side)}`;
  });
  return path;
}

type Point = [number, number];

/** Returns where a line that came from a point to another meets the edge that is next to it. */
function onward([a, b]: Point, [x, y]: Point, [u, v]: Point, side: number): Point {
  const steep = (run: number, rise: number) =>
    rise !== 0 && Math.abs(run) <= 2 * Math.abs(rise) ? run / rise : 0;
  const level = v <= 0 || v >= side; // it is the upper or lower edge
  const to: Point = level
    ? [x + steep(x - a, y - b) * (v - y), v]
    : [u, y + steep(y - b, x - a) * (u - x)];
  return [Math.max(0, Math.min(side, to[0])), Math.max(0, Math.min(side, to[1]))];
}

function place([x, y]: Point, side: number): string {
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
