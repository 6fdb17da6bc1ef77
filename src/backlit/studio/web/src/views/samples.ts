// The samples as the views draw them: inputs, targets, classes, and their units.

import { floats, type Bundle } from "../bundle";
import { extent } from "./axes";
import type { Frame } from "../engine/messages";

export interface Samples {
  x: Float64Array;
  t: Float64Array;
  inputs: number;
  outputs: number;
  rows: number;
  learn: number;
}

/** Returns the samples as they are at this moment: they may have been changed by hand. */
export function samples(bundle: Bundle, now: Frame["samples"] | undefined): Samples {
  const { table, spec } = bundle;
  const { x, t } = now ?? { x: floats(table.x), t: floats(table.t) };
  const outputs = spec.layer.at(-1)?.units ?? 1;
  return {
    x,
    t,
    inputs: spec.network.inputs,
    outputs,
    rows: table.rows,
    learn: table.rows - table.test,
  };
}

const OF_CLASSES = ["hinge", "cross_entropy"]; // how such losses' names begin or end

/** Returns the labels of the classes; none if numbers are predicted. */
export function classes(bundle: Bundle): string[] {
  if (bundle.table.classes.length) return bundle.table.classes;
  const loss = bundle.spec.network.loss ?? "";
  if (!OF_CLASSES.some((name) => loss.includes(name))) return [];
  const outputs = bundle.spec.layer.at(-1)?.units ?? 1;
  return Array.from({ length: Math.max(2, outputs) }, (_, n) => String(n));
}

/** What parts two classes on one output, and how far away certainty is. */
export function middle(bundle: Bundle): { middle: number; reach: number } {
  return bundle.spec.network.loss === "hinge"
    ? { middle: 0, reach: 1 }
    : { middle: 0.5, reach: 0.5 };
}

/** Returns the middle of the predictions' range and how far it goes, if they are numbers. */
export function spread(bundle: Bundle): { middle: number; reach: number } {
  const levels = bundle.levels[`dense${bundle.spec.layer.length}`];
  const [low, high] = levels ? [levels.low, levels.high] : extent(floats(bundle.table.t));
  return { middle: (low + high) / 2, reach: (high - low) / 2 || 1 };
}

/** Returns the class of a row of targets or predictions. */
export function classOf(
  values: ArrayLike<number>,
  row: number,
  width: number,
  parted: number,
): number {
  if (width === 1) return Number((values[row] ?? 0) > parted);
  let best = 0;
  for (let k = 1; k < width; k++)
    if ((values[row * width + k] ?? 0) > (values[row * width + best] ?? 0)) best = k;
  return best;
}

export type Scale = readonly [number, number];

/** Returns the mean and deviation of an input: by them a value is in the table's units. */
export function scaleOf(bundle: Bundle, input: number): Scale {
  return bundle.table.scales[input] ?? [0, 1];
}

export function inUnits([mean, deviation]: Scale, value: number): number {
  return mean + deviation * value;
}

/** Returns the number of the sample that is shown, of all samples. */
export function sampleShown(frame: Frame | undefined, row: number): number | undefined {
  return frame?.batch[row];
}
