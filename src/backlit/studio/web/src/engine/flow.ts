// How the gradient gets through the layers, and which units let nothing through.
//
// All is measured over some of the training samples, at the weights of this moment. The
// gradient of a layer is the length of ∂E/∂Σ of one sample, over its units: it does not
// depend on how wide the layer is.

import type { Bundle, Levels } from "../bundle";
import { flat } from "./memory";

export const LEVEL = 0.05; // of the steepest slope: below it, an activation is flat
export const MOST = 0.9; // share of the samples at which a saturated unit is flat
export const BLOCKED = 0.1; // share of the gradient that gets through a saturated layer
export const WRONG = 0.25; // of an activation's range: outputs that are off their target

export interface LayerFlow {
  name: string;
  units: number;
  /** Length of ∂E/∂Σ, root mean square over the samples. */
  gradient: number;
  /** Likewise of ∂E/∂y, the gradient that arrives at its outputs. */
  arriving: number;
  /** Root mean square of the weights' gradient, relative to that of the weights. */
  relative: number;
  /** Units whose slope is 0 at every sample, and whether all of them give 0. */
  dead: number;
  silent: boolean;
  /** Units of an activation with levels that stay on them. */
  saturated: number;
}

export interface Flow {
  step: number;
  rows: number;
  layers: LayerFlow[];
}

/** A quantity of a pass: `(rows, units)` row by row; undefined if there is none. */
type Read = (name: string) => Float64Array | undefined;

export function flow(bundle: Bundle, memory: Float64Array, rows: number, step: number): Flow {
  const values: Read = (name) => {
    const place = bundle.layout[name];
    return place && flat(memory, place, name.endsWith("weight") ? Infinity : rows);
  };
  const layers = bundle.spec.layer.map((layer, n) => ({
    name: `dense${n + 1}`,
    units: layer.units,
    ...layerFlow(bundle, values, `dense${n + 1}`, rows),
  }));
  return { step, rows, layers };
}

function layerFlow(bundle: Bundle, values: Read, name: string, rows: number) {
  const sum = values(`grad.${name}.sum`);
  const weights = rms(values(`${name}.weight`) ?? []);
  return {
    // E is the mean over the samples: that of one has a gradient `rows` times as large.
    gradient: sum ? size(sum) * Math.sqrt(rows) : 0,
    arriving: size(values(`grad.${name}.output`) ?? []) * Math.sqrt(rows),
    relative: weights ? rms(values(`grad.${name}.weight`) ?? []) / weights : 0,
    ...(bundle.levels[name]
      ? { dead: 0, silent: false, saturated: saturated(bundle, values, name, rows) }
      : { ...dead(values, name, rows), saturated: 0 }),
  };
}

function dead(values: Read, name: string, rows: number): { dead: number; silent: boolean } {
  const slopes = values(`slope.${name}`);
  if (!slopes) return { dead: 0, silent: false };
  const outputs = columns(values(`${name}.output`), rows);
  const found = columns(slopes, rows).flatMap((unit, n) =>
    unit.every((slope) => slope === 0) ? [outputs[n] ?? []] : [],
  );
  return { dead: found.length, silent: found.every((unit) => unit.every((y) => y === 0)) };
}

/** Counts the units that stay on a level: on one of them, or on both while that stops E's
 * gradient. A unit that jumps between its levels in a trained network is well. */
function saturated(bundle: Bundle, values: Read, name: string, rows: number): number {
  const levels = bundle.levels[name];
  const slopes = values(`slope.${name}`);
  if (!levels || !slopes || (isLast(bundle, name) && right(values, name, levels))) return 0;
  const outputs = columns(values(`${name}.output`), rows);
  const stopped = through(values, name) < BLOCKED * levels.steepest;
  const half = (levels.high - levels.low) / 2;
  return columns(slopes, rows).filter(
    (unit, n) =>
      flatness(unit, levels.steepest) >= MOST && (stopped || span(outputs[n] ?? []) < half),
  ).length;
}

function isLast(bundle: Bundle, name: string): boolean {
  return name === `dense${bundle.spec.layer.length}`;
}

/** Tells whether the last layer is where it should be: there, flat is no harm. */
function right(values: Read, name: string, levels: Levels): boolean {
  const [y, t] = [values(`${name}.output`) ?? [], values("t") ?? []];
  let off = 0;
  for (let n = 0; n < y.length; n++) off += Math.abs((y[n] ?? 0) - (t[n] ?? 0));
  return off / y.length < WRONG * (levels.high - levels.low);
}

/** Returns how much of the gradient gets from a layer's outputs to its sums. */
function through(values: Read, name: string): number {
  const [sum, output] = [values(`grad.${name}.sum`), values(`grad.${name}.output`)];
  const before = size(output ?? []);
  return sum && before ? size(sum) / before : Infinity;
}

function flatness(slopes: readonly number[], steepest: number): number {
  return slopes.filter((s) => Math.abs(s) < LEVEL * steepest).length / slopes.length;
}

function span(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

function columns(values: Float64Array = new Float64Array(), rows: number): number[][] {
  const width = values.length / rows;
  return Array.from({ length: width }, (_, unit) =>
    Array.from({ length: rows }, (_, row) => values[row * width + unit] ?? NaN),
  );
}

function size(values: ArrayLike<number>): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += (values[n] ?? 0) ** 2;
  return Math.sqrt(sum);
}

function rms(values: ArrayLike<number>): number {
  return size(values) / Math.sqrt(Math.max(1, values.length));
}
