// Widths, signs and arrowheads of lines, as the drawing of `backlit explain` has them.

const [THIN, THICK, HEAD] = [1.2, 4.2, 8];

export function sign(strength: number | undefined): "positive" | "negative" | "zero" | "neutral" {
  if (strength === undefined || !Number.isFinite(strength)) return "neutral";
  return strength > 0 ? "positive" : strength < 0 ? "negative" : "zero";
}

/** Returns the width of a line by its strength: the largest is thickest, none is thicker. */
export function scale(strengths: (number | undefined)[]): (strength: number | undefined) => number {
  const sizes = strengths.map((s) => Math.abs(s ?? 0)).filter(Number.isFinite);
  const largest = Math.max(0, ...sizes);
  return (strength) => {
    if (strength === undefined) return 1.5;
    if (!Number.isFinite(strength)) return THICK;
    const share = largest ? Math.min(1, Math.abs(strength) / largest) : 0;
    return THIN + (THICK - THIN) * share;
  };
}

/** Returns the arrowhead on the end of a line that comes from a point, as path data. */
export function head(before: [number, number], end: [number, number], width: number): string {
  const [dx, dy] = [end[0] - before[0], end[1] - before[1]];
  const length = Math.hypot(dx, dy) || 1;
  const [u, v] = [dx / length, dy / length];
  const half = 2.6 + width / 2;
  const corner = (side: number) => `${end[0] - side * v * half} ${end[1] + side * u * half}`;
  return `M${corner(1)}L${corner(-1)}L${end[0] + u * HEAD} ${end[1] + v * HEAD}Z`;
}
