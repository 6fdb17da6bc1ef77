// What a network says at a point, in words.

import type { Bundle } from "../bundle";
import { shown } from "../numbers";
import { text } from "../text";
import { classes, classOf, inUnits, middle } from "./samples";

const DIGITS = 3;

/** Returns what the prediction of a row is: a class with its share, or a number. */
export function told(bundle: Bundle, values: ArrayLike<number>, row: number): string {
  const words = text.views.readings;
  const labels = classes(bundle);
  const outputs = bundle.spec.layer.at(-1)?.units ?? 1;
  if (!labels.length)
    return `${bundle.table.target} ${number(bundle, values[row * outputs] ?? NaN)}`;
  const { middle: parted } = middle(bundle);
  const is = classOf(values, row, outputs, parted);
  const own = values[outputs === 1 ? row : row * outputs + is] ?? NaN;
  if (bundle.spec.network.loss === "hinge")
    return words.score.replace("{label}", labels[is] ?? "").replace("{value}", shown(own, DIGITS));
  const share = outputs === 1 && is === 0 ? 1 - own : own;
  return words.share.replace("{label}", labels[is] ?? "").replace("{value}", sure(share));
}

/** Returns a share in percent, never rounded to certainty. */
function sure(share: number): string {
  if (share > 0.999 && share < 1) return "> 99.9%";
  return `${shown(Math.round(1000 * share) / 10, 3)}%`;
}

/** Returns a target or a prediction in the table's units. */
export function number(bundle: Bundle, value: number, digits = DIGITS + 1): string {
  return shown(inUnits(bundle.table.target_scale, value), digits);
}
