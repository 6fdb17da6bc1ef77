// Widths, signs and arrowheads of lines, as the drawing of `backlit explain` has them.

const [THIN, THICK, HEAD] = [1.2, 4.2, 8];

export type Sign = "positive" | "negative" | "zero" | "neutral";

export function sign(strength: number | undefined): Sign {
  if (strength === undefined || !Number.isFinite(strength)) return "neutral";
  return strength > 0 ? "positive" : strength < 0 ? "negative" : "zero";
}

/** Returns 1, 2 or 5 times a power of ten, not below a size: a scale that moves seldom. */
export function ceiling(size: number): number {
  if (!(size > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(size));
  const step = [1, 2, 5, 10].find((n) => size <= n * power * (1 + 1e-9)) ?? 10;
  return Number((step * power).toPrecision(1));
}

/** Returns the width of a line by its strength; the largest is thickest, none is thicker. */
export function widthOf(strength: number | undefined, largest: number, share = 1): number {
  if (strength === undefined) return 1.5 * share;
  const part = largest ? Math.min(1, Math.abs(strength) / largest) : 0;
  const width = Number.isFinite(strength) ? THIN + (THICK - THIN) * part : THICK;
  return Math.round(10 * width * share) / 10;
}

/** Returns how much of its colour a node takes, from 0 to 1, in steps that stand still. */
export function tint(value: number, largest: number): number {
  if (!Number.isFinite(value) || !largest) return 0;
  return Math.round(20 * Math.min(1, Math.abs(value) / largest)) / 20;
}

/** Returns the arrowhead on the end of a line that comes from a point, as path data. */
export function head(before: [number, number], end: [number, number], width: number): string {
  const [dx, dy] = [end[0] - before[0], end[1] - before[1]];
  const length = Math.hypot(dx, dy) || 1;
  const [u, v] = [dx / length, dy / length];
  const half = 2.6 + width / 2;
  const corner = (side: number) =>
    `${(end[0] - side * v * half).toFixed(1)} ${(end[1] + side * u * half).toFixed(1)}`;
  return `M${corner(1)}L${corner(-1)}L${(end[0] + u * HEAD).toFixed(1)} ${(end[1] + v * HEAD).toFixed(1)}Z`;
}
