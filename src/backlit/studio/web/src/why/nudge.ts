// What the nudge test says: does moving the weight do what the gradient says?

import type { Nudge } from "../engine/messages";

const ROUNDING = 1e-15; // of E, relative: what its sum may have lost
const CLOSE = 1e-4; // relative, of a slope over a small step

/** Tells whether slope and gradient agree, or why they cannot. */
export function verdict(nudge: Nudge, gradient: number, h: number): "agrees" | "coarse" | "fine" {
  const difference = Math.abs(nudge.slope - gradient);
  const size = Math.max(Math.abs(gradient), Math.abs(nudge.slope));
  const noise = (ROUNDING * (Math.abs(nudge.above) + Math.abs(nudge.below))) / h;
  if (difference <= CLOSE * size + noise) return noise > 1e-2 * size && size ? "fine" : "agrees";
  return "coarse";
}
