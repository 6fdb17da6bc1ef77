// How many digits a number needs to be written as a person gave it.

/** Returns the significant digits after which nothing more comes, 9 at most. */
export function needed(value: number): number {
  if (!Number.isFinite(value) || value === 0) return 1;
  for (let digits = 1; digits < 9; digits++)
    if (Number(value.toPrecision(digits)) === Number(value.toPrecision(9))) return digits;
  return 9;
}
