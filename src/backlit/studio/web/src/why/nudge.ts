// What the nudge test says: does moving the weight do what the gradient says?

import type { Nudge } from "../engine/messages";
import { enough, shown } from "../numbers";

const ROUNDING = 1e-15; // of E, relative: what its sum may have lost
const CLOSE = 1e-4; // relative, of a slope over a small step
const SEEN = 1e-7; // relative, of a slope: rounding that its printed digits show
const DIGITS = 8; // of the difference
const MOST = 16; // digits of E that mean anything

/** Tells whether slope and gradient agree, or why they cannot. */
export function verdict(
  nudge: Nudge,
  gradient: number,
  h: number,
): "agrees" | "rounded" | "coarse" | "fine" {
  const difference = Math.abs(nudge.slope - gradient);
  const size = Math.max(Math.abs(gradient), Math.abs(nudge.slope));
  const noise = (ROUNDING * (Math.abs(nudge.above) + Math.abs(nudge.below))) / h;
  if (difference > CLOSE * size + noise) return "coarse";
  if (!size || noise <= SEEN * size) return "agrees";
  return noise > 1e-2 * size ? "fine" : "rounded";
}

/** The numbers of a nudge test as they are printed: each follows from those before it. */
export interface Printed {
  below: string;
  here: string;
  above: string;
  difference: string;
  slope: string;
}

/** Prints E with so many decimals that a person can subtract and divide what is printed. */
export function printed({ below, above }: Nudge, here: number, h: number): Printed {
  const places = decimals(above - below, Math.max(Math.abs(below), Math.abs(above)));
  const round = (value: number) => Number(value.toFixed(places));
  const figures = (value: number) => {
    const whole = 1 + Math.floor(Math.log10(Math.abs(value) || 1)); // below 0 after a point
    return shown(round(value), Math.max(1, Math.min(MOST, places + whole)));
  };
  const difference = round(round(above) - round(below));
  const slope = Number((difference / (2 * h)).toPrecision(DIGITS + 1));
  const [first, middle, last] = [below, here, above].map(figures);
  return {
    below: first ?? "",
    here: middle ?? "",
    above: last ?? "",
    difference: shown(difference, enough(difference)),
    slope: shown(slope, enough(slope)),
  };
}

/** Returns the decimals that show a difference, but none that a float64 does not hold. */
function decimals(difference: number, size: number): number {
  const exponent = (value: number) => Math.floor(Math.log10(Math.abs(value)));
  const held = size ? MOST - 1 - exponent(size) : 0;
  const wanted = difference ? DIGITS - 1 - exponent(difference) : held;
  return Math.max(0, Math.min(100, wanted, held)) || 0;
}
