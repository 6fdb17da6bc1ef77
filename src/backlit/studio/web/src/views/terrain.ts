// The error's landscape as colours and contour lines.

import { contours } from "d3-contour";
import { scaleLinear } from "d3-scale";

const LINES = 9;
const STEEP = 20; // largest by smallest: from here on, levels lie apart by factors

/** Returns the levels of the contour lines: evenly apart, or by equal factors if E is steep. */
export function levels(error: ArrayLike<number>): number[] {
  const finite = Array.from(error).filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (!finite.length || high <= low) return [];
  if (low > 0 && high / low > STEEP) {
    const factor = (high / low) ** (1 / (LINES + 1));
    return Array.from({ length: LINES }, (_, n) => low * factor ** (n + 1));
  }
  return scaleLinear().domain([low, high]).ticks(LINES);
}

/** Returns how high each point stands, from 0 to 1, in steps of the levels. */
export function heights(error: ArrayLike<number>, at: readonly number[]): Float64Array {
  return Float64Array.from(error, (value) => {
    const passed = at.filter((level) => !(value < level)).length; // what is no number is highest
    return at.length ? passed / at.length : 0;
  });
}

/** Returns the contour lines as the data of a path from 0 to 1; rows go up. */
export function lines(error: ArrayLike<number>, side: number, at: readonly number[]): string {
  const highest = Math.max(...Array.from(error).filter(Number.isFinite));
  const values = Array.from(error, (value) => (Number.isFinite(value) ? value : 2 * highest));
  const place = ([x = 0, y = 0]: number[]) =>
    `${fraction(x, side).toFixed(4)} ${(1 - fraction(y, side)).toFixed(4)}`;
  return contours()
    .size([side, side])
    .thresholds([...at])(values)
    .flatMap((shape) => shape.coordinates.flat())
    .map((ring) => `M${ring.map(place).join("L")}Z`)
    .join("");
}

/** d3's points stand in the middle of cells; ours stand on both edges too. */
function fraction(x: number, side: number): number {
  return (x - 0.5) / (side - 1);
}
