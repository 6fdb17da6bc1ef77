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

/** Tells whether the elements of a quantity lie side by side, row by row. */
function dense(place: Place): boolean {
  let step = 1;
  for (let axis = place.shape.length - 1; axis >= 0; axis--) {
    const length = place.shape[axis] ?? 1;
    if (length > 1 && place.strides?.[axis] !== step) return false;
    step *= length;
  }
  return place.offset !== undefined;
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Calls with every index of a shape, row by row. */
function each(shape: readonly number[], visit: (index: readonly number[]) => void): void {
  const index = shape.map(() => 0);
  for (let n = count(shape); n > 0; n--) {
    visit(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 1)) break;
      index[axis] = 0;
    }
  }
}

/** Returns every element of a quantity, row by row; of the batch the first rows only. */
export function flat(view: Float64Array, place: Place, rows = Infinity): Float64Array {
  const [first, ...rest] = place.shape;
  const shape = first === undefined ? [] : [Math.min(first, rows), ...rest];
  if (dense(place))
    return view.slice((place.offset ?? 0) / 8, (place.offset ?? 0) / 8 + count(shape));
  const found = new Float64Array(count(shape));
  let n = 0;
  each(shape, (index) => (found[n++] = read(view, place, index)));
  return found;
}

/** Puts numbers into a quantity, row by row. */
export function fill(view: Float64Array, place: Place, values: ArrayLike<number>): void {
  if (dense(place)) return view.set(values, (place.offset ?? 0) / 8);
  let n = 0;
  each(place.shape, (index) => {
    const value = values[n++];
    if (value !== undefined) write(view, place, index, value);
  });
}
