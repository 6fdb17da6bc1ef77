// Inputs that are the pixels of an image: which pixel each of them is, by its name.

export interface Placement {
  rows: number;
  columns: number;
  /** The place of each input, counted row by row. */
  at: number[];
}

const NAME = /^(.*?)[ _.,-]?(\d+)[ _.,x-](\d+)$/;
const FEWEST = 9; // pixels of an image

/** Returns where each pixel stands, from names like `pixel_0_1`; undefined if they are none.
 * Pixels may be missing: those that never change are no inputs. */
export function placement(names: readonly string[]): Placement | undefined {
  if (names.length < FEWEST) return undefined;
  const found = names.map((name) => NAME.exec(name));
  const places = found.flatMap((m) =>
    m ? [{ of: m[1], row: Number(m[2]), column: Number(m[3]) }] : [],
  );
  if (places.length < names.length || new Set(places.map((p) => p.of)).size > 1) return undefined;
  const least = (values: number[]) => Math.min(1, ...values); // counted from 0, or from 1
  const [top, left] = [least(places.map((p) => p.row)), least(places.map((p) => p.column))];
  const rows = Math.max(...places.map((p) => p.row)) - top + 1;
  const columns = Math.max(...places.map((p) => p.column)) - left + 1;
  const at = places.map((p) => (p.row - top) * columns + p.column - left);
  if (rows * columns > 4 * names.length || new Set(at).size < at.length) return undefined;
  return { rows, columns, at };
}

/** Returns an image row by row; what is no input is NaN. */
export function placed(place: Placement, values: ArrayLike<number>): Float64Array {
  const found = new Float64Array(place.rows * place.columns).fill(NaN);
  place.at.forEach((at, n) => (found[at] = values[n] ?? NaN));
  return found;
}
