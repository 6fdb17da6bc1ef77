// How large a picture is drawn, so that all of it is seen but texts can be read; and how
// wide a node is.

import type { Picture } from "../bundle";

type Size = Pick<Picture, "width" | "height">;

const [SMALLEST, READABLE, LARGEST] = [0.55, 0.8, 2];

/** Returns the scale for a place of some width in a window of some height. */
export function fitting(size: Size, width: number, high: number): number {
  if (!width) return 1;
  const across = width / size.width;
  const down = (0.72 * high) / size.height;
  const whole = Math.min(across, Math.max(down, SMALLEST));
  // Where not all of it fits, it is better read than seen: the rest is scrolled to.
  return whole < SMALLEST ? READABLE : Math.min(LARGEST, whole);
}

/** Returns half the width of a node; one with a word in it is wider than it is high. */
export function halfWidth({ role, radius }: Picture["nodes"][number]): number {
  return role === "activation" ? 32 : role === "fold" ? 46 : radius;
}
