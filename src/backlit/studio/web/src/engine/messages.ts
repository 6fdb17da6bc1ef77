// What the page and the worker say to each other.

import type { Bundle } from "../bundle";
import type { Flow } from "./flow";
import type { Change } from "./trainer";

/** How far to go: one operation of the pass, the pass itself, an update, an epoch. */
export type Stride = "operation" | "pass" | "update" | "epoch";

export type Command =
  | { do: "load"; bundle: Bundle }
  | { do: "play"; stepsPerSecond: number } // Infinity: as fast as it goes
  | { do: "pause" }
  | { do: "go"; stride: Stride; back: boolean }
  | { do: "seek"; step: number; stage?: number; changes?: Change[] } // and what to change there
  | { do: "restart"; changes: Change[]; step: number; stage?: number } // as a run was
  | { do: "edit"; name: string; index: number[]; value: number; gesture?: number }
  | { do: "set"; learningRate?: number; batchSize?: number }
  | { do: "undo"; gesture?: number } // the last gesture, or that one if it is the last
  | WatchCommand
  | { do: "ask"; id: number; question: Question };

/** What is to come with each frame. */
export interface WatchCommand {
  do: "watch";
  maps: string[]; // quantities to map
  points: number; // of a map, along a side
  flow?: boolean; // of the gradient
}

export type Question =
  | { of: "nudge"; name: string; index: number[]; h: number }
  | { of: "landscape" }
  | { of: "parameters" };

export interface Nudge {
  below: number; // E at w - h
  above: number; // E at w + h
  slope: number; // their difference, divided by 2h
}

/** E over a grid of weights: down the gradient, and along a direction at right angles. */
export interface Landscape {
  step: number;
  span: number; // from the centre to each side
  points: number; // along a side
  error: Float64Array; // row by row, the second direction upwards from its lowest
  path: [number, number][]; // earlier steps in these directions
  slope: number; // the length of the gradient
  towards: "start" | "fixed"; // where the second direction leads
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
  goal: number | undefined; // the step it is on its way to
  changes: Change[]; // what was changed by hand
  batchSize: number;
  stepsPerSecond: number;
  bad: boolean; // the next step meets a value that is not finite
  batch: number[]; // the samples of the pass, by number
  values: Float64Array; // the memory after the whole pass
  curve: Point[];
  samples: { x: Float64Array; t: Float64Array }; // with what was changed by hand
  maps: Record<string, Float64Array>; // by quantity, `(points², units)`
  flow: Flow | undefined; // if it is watched
}

/** What is the same in most frames: it is sent only when it is new. */
export type Lasting = Pick<Frame, "curve" | "samples">;

export type Report =
  | { is: "frame"; frame: Omit<Frame, keyof Lasting> & Partial<Lasting> }
  | { is: "answer"; id: number; answer: Answers[keyof Answers] }
  | { is: "failed"; message: string };
