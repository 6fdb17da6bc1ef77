// The learning curves: error and accuracy at some of the steps, by step.

import type { Point } from "./messages";
import { Sparse } from "./sparse";

export class Curve {
  /** Another array whenever something changes, so that a look tells whether it did. */
  points: Point[] = [];
  private readonly sparse: Sparse;

  constructor(
    private readonly limit = 1000,
    clock?: () => number,
  ) {
    this.sparse = new Sparse(clock);
  }

  /** Measures the step of this moment, if it is due and not known yet. */
  add(step: number, exact: boolean, measure: () => Point): void {
    if (!this.sparse.due(exact) || this.points.some((point) => point.step === step)) return;
    const later = this.points.findIndex((point) => point.step > step);
    const place = later < 0 ? this.points.length : later;
    const found = this.points.toSpliced(place, 0, this.sparse.run(measure));
    this.points = found.length > this.limit ? thinned(found, step) : found;
  }

  /** Forgets what came at a step or later. */
  cut(step: number): void {
    this.points = this.points.filter((point) => point.step < step);
  }
}

/** Returns every second element; the one of a step, and the last, are kept. */
export function thinned<T extends { step: number }>(all: T[], step: number): T[] {
  return all.filter((one, n) => n % 2 === 0 || n === all.length - 1 || one.step === step);
}
