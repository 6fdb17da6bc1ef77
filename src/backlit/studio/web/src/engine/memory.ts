// The memory of a program: quantities by name, read and written where the layout says.

import type { Place } from "../bundle";

export type Layout = Record<string, Place>;

/** Returns the place of an element in a view of float64; undefined for a constant. */
export function element(place: Place, index: readonly number[]): number | undefined {
  if (place.offset === undefined) return undefined;
  const strides = place.strides ?? [];
  return index.reduce((at, i, axis) => at + i * (strides[axis] ?? 0), place.offset / 8);
}

/** Adds the sample to an index that lacks it: a quantity of the batch has one row for each. */
export function indexed(place: Place, index: readonly number[], row: number): readonly number[] {
  return place.shape.length > index.length ? [row, ...index] : index;
}

export function read(view: Float64Array, place: Place, index: readonly number[]): number {
  const at = element(place, index);
  return at === undefined ? (place.value ?? NaN) : (view[at] ?? NaN);
}

export function write(
  view: Float64Array,
  place: Place,
  index: readonly number[],
  value: number,
): void {
  const at = element(place, index);
  if (at !== undefined) view[at] = value;
}

/** Returns every element of a quantity, row by row; of the batch the first rows only. */
export function flat(view: Float64Array, place: Place, rows = Infinity): number[] {
  const found: number[] = [];
  const [first = 1, ...rest] = place.shape;
  const length = place.shape.length ? Math.min(first, rows) : 1;
  const shape = place.shape.length ? [length, ...rest] : [];
  const walk = (index: number[], axis: number): void => {
    if (axis === shape.length) found.push(read(view, place, index));
    else for (let i = 0; i < (shape[axis] ?? 0); i++) walk([...index, i], axis + 1);
  };
  walk([], 0);
  return found;
}

/** Puts numbers into a quantity, row by row. */
export function fill(view: Float64Array, place: Place, values: ArrayLike<number>): void {
  const index = place.shape.map(() => 0);
  for (let n = 0; n < values.length; n++) {
    write(view, place, index, values[n] ?? NaN);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (place.shape[axis] ?? 1)) break;
      index[axis] = 0;
    }
  }
}
