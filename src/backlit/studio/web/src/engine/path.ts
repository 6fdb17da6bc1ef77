// Where training has been: the weights of some of the steps.

import { thinned } from "./curve";

const NUMBERS = 2 ** 20; // that are kept at most
const STEPS = 256; // likewise

export interface Stop {
  step: number;
  weights: Float64Array;
}

export class Path {
  private stops: Stop[] = [];

  /** Keeps the weights of a step, if they are not known yet. */
  keep(step: number, weights: () => Float64Array): void {
    if (this.stops.some((stop) => stop.step === step)) return;
    const later = this.stops.findIndex((stop) => stop.step > step);
    const stop = { step, weights: weights() };
    this.stops.splice(later < 0 ? this.stops.length : later, 0, stop);
    const limit = Math.max(8, Math.min(STEPS, NUMBERS / Math.max(1, stop.weights.length)));
    if (this.stops.length > limit) this.stops = thinned(this.stops, step);
  }

  /** Returns the stops up to a step, in order. */
  until(step: number): readonly Stop[] {
    return this.stops.filter((stop) => stop.step <= step);
  }

  /** Forgets what came at a step or later. */
  cut(step: number): void {
    this.stops = this.stops.filter((stop) => stop.step < step);
  }
}
