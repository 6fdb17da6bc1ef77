// All parameters as one vector: sums, products and lengths in the space of the weights.

export type Arrays = Record<string, ArrayLike<number>>;

export function joined(arrays: Arrays, names: readonly string[]): Float64Array {
  const parts = names.map((name) => arrays[name] ?? []);
  const found = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    found.set(part, at);
    at += part.length;
  }
  return found;
}

/** Returns the parts of a vector by name; they share its memory. */
export function parted(
  vector: Float64Array,
  sizes: readonly [string, number][],
): Record<string, Float64Array> {
  let at = 0;
  return Object.fromEntries(sizes.map(([name, size]) => [name, vector.subarray(at, (at += size))]));
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += (a[n] ?? 0) * (b[n] ?? 0);
  return sum;
}

/** Returns a + by · b. */
export function plus(a: Float64Array, b: Float64Array, by: number): Float64Array {
  return a.map((value, n) => value + by * (b[n] ?? 0));
}

export function length(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

/** Returns a vector of length 1 in a direction; one of length 0 stays. */
export function unit(a: Float64Array): Float64Array {
  const size = length(a) || 1;
  return a.map((value) => value / size);
}

/** Returns what of a vector stands at right angles to a unit vector. */
export function across(a: Float64Array, direction: Float64Array): Float64Array {
  const once = plus(a, direction, -dot(a, direction));
  return plus(once, direction, -dot(once, direction)); // once more: the first is rounded
}
