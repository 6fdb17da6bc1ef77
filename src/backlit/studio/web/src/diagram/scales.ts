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

/** Returns scales that grow when they must, and shrink only much and from step to step. */
export function steady(clock: () => number = () => performance.now()): Scales {
  let before: { sizes: Sizes; step: number } | undefined;
  let [hand, changed] = ["", -Infinity];
  return (largest, frame) => {
    const now = JSON.stringify(frame.changes.at(-1) ?? null);
    if (before && now !== hand) changed = clock();
    hand = now;
    const free = !!before && frame.step !== before.step && clock() - changed > REST;
    const wanted = ownScales(largest, frame);
    const one = (kind: keyof Sizes) => {
      const old = before?.sizes[kind] ?? 0;
      const narrow = free && largest[kind] > 0 && largest[kind] < SMALL * old;
      return narrow ? wanted[kind] : Math.max(old, wanted[kind]);
    };
    const sizes = { weight: one("weight"), gradient: one("gradient"), value: one("value") };
    before = { sizes, step: frame.step };
    return sizes;
  };
}
