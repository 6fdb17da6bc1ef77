// The learning curves as they are drawn and told.

import { line } from "d3-shape";
import type { Point } from "../engine/messages";
import { shown } from "../numbers";
import { text } from "../text";
import type { Axis } from "./axes";
import { filled } from "./diagnosis";

export type Quantity = "error" | "accuracy" | "testError" | "testAccuracy";

export function column(curve: readonly Point[], of: Quantity): number[] {
  return curve.flatMap((point) => point[of] ?? []);
}

/** Returns a curve as the data of a path in the unit square, from the top left. */
export function path(curve: readonly Point[], of: Quantity, x: Axis, y: Axis): string {
  const drawn = line<Point>(
    (point) => x.at(point.step),
    (point) => 1 - y.at(point[of] ?? NaN),
  )
    .defined((point) => Number.isFinite(point[of]))
    .digits(4);
  return drawn(curve as Point[]) ?? "";
}

/** Returns the point whose step is closest. */
export function nearest(curve: readonly Point[], step: number): Point | undefined {
  let found: Point | undefined;
  for (const point of curve)
    if (!found || Math.abs(point.step - step) < Math.abs(found.step - step)) found = point;
  return found;
}

export function percent(share: number): string {
  return `${shown(Math.round(1000 * share) / 10, 4)}%`;
}

/** Returns a point's numbers as a sentence; without its step, which training leaves behind. */
export function toldPoint(point: Point, classes: boolean, passing = false): string {
  const words = text.views.curves;
  const { error, testError, accuracy, testAccuracy } = point;
  const parts = [filled(words.error, { train: shown(error, 4) })];
  if (testError !== undefined) parts[0] += filled(words.test, { test: shown(testError, 4) });
  if (classes && !Number.isNaN(error)) {
    const right = filled(words.right, { train: percent(accuracy) });
    const tested =
      testAccuracy === undefined ? "" : filled(words.test, { test: percent(testAccuracy) });
    parts.push(right + tested);
  }
  const { step, epoch } = point;
  const at = filled(words.at, { step: String(step), epoch: String(epoch) });
  return (passing ? words.about : at) + parts.join("; ");
}

/** Returns what a curve shows, for those who do not see it. */
export function summary(curve: readonly Point[], classes: boolean): string {
  const words = text.views.curves;
  const [first, last] = [curve[0], curve.at(-1)];
  if (!first || !last) return "";
  const whole = filled(words.summary, {
    first: shown(first.error, 3),
    last: shown(last.error, 3),
    from: String(first.step),
    to: String(last.step),
  });
  const tested = curve.filter((point) => Number.isFinite(point.testError));
  const best = tested.reduce<Point | undefined>(
    (a, b) => (a && (a.testError ?? 0) <= (b.testError ?? 0) ? a : b),
    undefined,
  );
  const test = best
    ? filled(words.best, { test: shown(best.testError ?? NaN, 3), step: String(best.step) })
    : "";
  const right = classes ? filled(words.lastRight, { right: percent(last.accuracy) }) : "";
  return whole + test + right;
}
