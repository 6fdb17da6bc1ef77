// The error of the training data around the weights of this moment: along its gradient, and
// along one direction at right angles to it. With the weights of earlier steps at hand, that
// direction leads to where training began, so that its path lies near the plane.

import type { Landscape } from "./messages";
import type { Stop } from "./path";
import type { Viewer } from "./viewer";
import { across, dot, joined, length, parted, plus, unit, type Arrays } from "./weights";

const BUDGET = 2500; // milliseconds for all points together
const [FEWEST, MOST] = [13, 41]; // points along a side
const ROOM = 1.2; // around the path
const SMALLEST = 0.25; // of the weights' length: the least span

export interface Surroundings {
  viewer: Viewer;
  rows: readonly number[]; // the training data
  parameters: Arrays;
  step: number;
  stops: readonly Stop[]; // earlier steps
}

/** Works it out bit by bit: whoever calls may do other things in between. */
export function* landscape(around: Surroundings): Generator<undefined, Landscape> {
  const { viewer, rows, parameters, stops, step } = around;
  const names = Object.keys(parameters);
  const sizes = names.map((name): [string, number] => [name, parameters[name]?.length ?? 0]);
  const now = joined(parameters, names);
  const started = performance.now();
  const gradient = joined(viewer.gradient(rows, parameters), names);
  const took = performance.now() - started;
  const slope = length(gradient);
  const down = slope ? unit(gradient).map((value) => -value) : fixed(gradient.fill(1));
  const aside = direction(down, now, stops);
  const path = stops.map((stop) => inPlane(plus(stop.weights, now, -1), down, aside));
  const furthest = Math.max(...path.flat().map(Math.abs), 0);
  const span = Math.max(ROOM * furthest, SMALLEST * (length(now) || 1));
  const points = affordable(took);
  const error = new Float64Array(points * points);
  const at = (n: number) => span * ((2 * n) / (points - 1) - 1);
  for (let row = 0; row < points; row++) {
    for (let column = 0; column < points; column++) {
      const moved = plus(plus(now, down, at(column)), aside, at(row));
      error[row * points + column] = viewer.error(rows, parted(moved, sizes));
      yield;
    }
  }
  return { step, span, points, error, path, slope, towards: towards(stops) };
}

/** Returns how many points along a side fit the budget; odd, so that one is the centre. */
export function affordable(milliseconds: number): number {
  const side = Math.floor(Math.sqrt(BUDGET / Math.max(milliseconds, 1e-3)));
  return Math.max(FEWEST, Math.min(MOST, side)) | 1;
}

function towards(stops: readonly Stop[]): "start" | "fixed" {
  return stops.length > 1 ? "start" : "fixed";
}

/** Returns the second direction, at right angles to the first. */
export function direction(
  down: Float64Array,
  now: Float64Array,
  stops: readonly Stop[],
): Float64Array {
  const first = stops[0];
  if (first && stops.length > 1) {
    const back = plus(first.weights, now, -1);
    const part = across(back, down);
    if (length(part) > 1e-6 * length(back)) return unit(part);
  }
  return unit(across(fixed(down), down));
}

/** A direction that is always the same, in the parameters that E depends on. */
function fixed(down: Float64Array): Float64Array {
  return unit(down.map((value, n) => (value === 0 ? 0 : Math.cos(2.3 * (n + 1)))));
}

function inPlane(way: Float64Array, down: Float64Array, aside: Float64Array): [number, number] {
  return [dot(way, down), dot(way, aside)];
}
