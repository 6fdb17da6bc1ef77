// Axes: where a value stands between 0 and 1, and which values are written beside it.

import { scaleLinear, scaleLog } from "d3-scale";
import { raised, shown } from "../numbers";

export interface Axis {
  label: string;
  log: boolean;
  ticks: { at: number; text: string }[];
  at: (value: number) => number;
  value: (at: number) => number;
}

const [LARGE, LARGEST] = [1e5, 1e9]; // between them, thousands and millions are written short
const TALL = 30; // times: from here on a logarithmic axis shows more

export function linear(label: string, [low, high]: [number, number], count = 5): Axis {
  const scale = scaleLinear().domain([low, high === low ? low + 1 : high]);
  const size = Math.max(Math.abs(low), Math.abs(high));
  const written = size >= LARGE && size < LARGEST ? short : (value: number) => shown(value, 4);
  const ticks = scale.ticks(count).map((value) => ({ at: scale(value), text: written(value) }));
  return { label, log: false, ticks, at: scale, value: (at) => scale.invert(at) };
}

export function logarithmic(label: string, [low, high]: [number, number], most = 5): Axis {
  const scale = scaleLog().domain([low, high]);
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const decades = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  const every = Math.max(1, Math.ceil((decades - 1) / (most - 1)));
  const powers = Array.from({ length: decades }, (_, n) => first + n).filter(
    (p) => p % every === 0,
  );
  const ticks = powers.map((p) => ({ at: scale(10 ** p), text: power(p) }));
  return {
    label,
    log: true,
    ticks,
    at: (value) => (value > 0 ? scale(value) : 0),
    value: (at) => scale.invert(at),
  };
}

function power(exponent: number): string {
  return Math.abs(exponent) < 3 ? shown(10 ** exponent, 1) : `10${raised(exponent)}`;
}

/** Returns an axis of steps: thousands and millions, as they take less room. */
export function steps(label: string, last: number): Axis {
  const axis = linear(label, [0, Math.max(last, 1)], 4);
  const ticks = axis.ticks
    .map((tick) => ({ ...tick, value: axis.value(tick.at) }))
    .filter(({ value }) => Math.abs(value - Math.round(value)) < 1e-6)
    .map(({ at, value }) => ({ at, text: short(Math.round(value)) }));
  return { ...axis, ticks };
}

function short(count: number): string {
  const size = Math.abs(count);
  const [by, letter] = size >= 1e6 ? [1e6, "\u2009M"] : size >= 1e4 ? [1e3, "\u2009k"] : [1, ""];
  return shown(count / by, 4) + letter;
}

/** Returns an axis for errors: logarithmic, in whole decades, once they fall far enough. */
export function errors(label: string, values: readonly number[]): Axis {
  const finite = values.filter((value) => Number.isFinite(value) && value >= 0);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (!finite.length) return linear(label, [0, 1]);
  if (low > 0 && high / low >= TALL)
    return logarithmic(label, [
      10 ** Math.floor(Math.log10(low)),
      10 ** Math.ceil(Math.log10(high)),
    ]);
  return linear(label, [
    0,
    scaleLinear()
      .domain([0, high || 1])
      .nice(5)
      .domain()[1] ?? 1,
  ]);
}

/** Returns the least and the largest value, with room around them. */
export function extent(values: ArrayLike<number>, room = 0): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let n = 0; n < values.length; n++) {
    low = Math.min(low, values[n] ?? low);
    high = Math.max(high, values[n] ?? high);
  }
  const margin = (high - low || 2) * room;
  return [low - margin, high + margin];
}
