// What the page and the worker say to each other.

import type { Bundle } from "../bundle";

/** How far to go: one operation of the pass, the pass itself, an update, an epoch. */
export type Stride = "operation" | "pass" | "update" | "epoch";

export type Command =
  | { do: "load"; bundle: Bundle }
  | { do: "play"; stepsPerSecond: number } // Infinity: as fast as it goes
  | { do: "pause" }
  | { do: "go"; stride: Stride; back: boolean }
  | { do: "seek"; step: number; stage?: number }
  | { do: "edit"; name: string; index: number[]; value: number }
  | { do: "set"; learningRate?: number; batchSize?: number }
  | { do: "watch"; maps: string[]; points: number } // quantities to map, points along a side
  | { do: "ask"; id: number; question: Question };

export type Question =
  | { of: "nudge"; name: string; index: number[]; h: number }
  | { of: "landscape"; points: number; span: number }
  | { of: "parameters" };

export interface Nudge {
  below: number; // E at w - h
  above: number; // E at w + h
  slope: number; // their difference, divided by 2h
}

/** E over a grid of weights: along the gradient and along one other direction. */
export interface Landscape {
  span: number;
  points: number;
  error: Float64Array;
  path: [number, number][]; // earlier steps in these directions
}

export interface Answers {
  nudge: Nudge;
  landscape: Landscape;
  parameters: Record<string, number[]>;
}

/** A point of the learning curves. */
export interface Point {
  step: number;
  epoch: number;
  error: number;
  accuracy: number;
  testError?: number;
  testAccuracy?: number;
}

/** What the page shows at one moment. */
export interface Frame {
  step: number;
  epoch: number;
  last: number; // the furthest step there is to travel to
  stage: number; // how many operations of the pass are done
  running: boolean;
  stepsPerSecond: number;
  bad: boolean; // the next step meets a value that is not finite
  batch: number[]; // the samples of the pass, by number
  values: Float64Array; // the memory after the whole pass
  curve: Point[];
  maps: Record<string, Float64Array>; // by quantity, `(points², units)`
}

export type Report =
  | { is: "frame"; frame: Frame }
  | { is: "answer"; id: number; answer: Answers[keyof Answers] }
  | { is: "failed"; message: string };
