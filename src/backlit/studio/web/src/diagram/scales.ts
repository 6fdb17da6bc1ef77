// The scales of widths and colours: they stand still, so that what shrinks is seen to.

import type { Frame } from "../engine/messages";
import { ceiling } from "./marks";

/** What is thickest or fullest, of each kind that is drawn. */
export interface Sizes {
  weight: number;
  gradient: number;
  value: number;
}

/** Returns the scales for the largest sizes of a frame. */
export type Scales = (largest: Sizes, frame: Frame) => Sizes;

const SMALL = 0.25; // of a scale, below which it is too wide
const REST = 1500; // milliseconds without a change by hand, before a scale may shrink

export const ownScales: Scales = ({ weight, gradient, value }) => ({
  weight: ceiling(weight),
  gradient: ceiling(gradient),
  value: ceiling(value),
});

/**
 * Returns scales that grow when they must, and shrink only much, and only from step to step
 * or as the hand takes hold of something anew.
 */
export function steady(clock: () => number = () => performance.now()): Scales {
  let before: { sizes: Sizes; hand: string } | undefined;
  let [since, changed] = [0, -Infinity]; // the step at which it last could shrink; a change
  return (largest, frame) => {
    const hand = JSON.stringify(frame.changes.findLast((change) => "name" in change) ?? null);
    const touched = !!before && hand !== before.hand;
    const rested = clock() - changed > REST;
    const free = !!before && rested && (touched || frame.step !== since);
    if (touched) changed = clock();
    if (!before || free || touched) since = frame.step;
    const wanted = ownScales(largest, frame);
    const one = (kind: keyof Sizes) => {
      const old = before?.sizes[kind] ?? 0;
      const narrow = free && largest[kind] > 0 && largest[kind] < SMALL * old;
      return narrow ? wanted[kind] : Math.max(old, wanted[kind]);
    };
    const sizes = { weight: one("weight"), gradient: one("gradient"), value: one("value") };
    before = { sizes, hand };
    return sizes;
  };
}
