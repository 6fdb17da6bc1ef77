// Numbers that a person may change: which they are, by how much, and what may be typed.

import type { Frame } from "../engine/messages";
import type { Studio } from "../studio.svelte";
import { split } from "./scene";

export interface Editable {
  name: string;
  index: number[];
}

/** Returns what is changed where an element can be: a weight, a bias, an input, a target. */
export function editable(studio: Studio, element: string): Editable | undefined {
  const { name, index } = split(element);
  if (!index.length) return undefined;
  if (name in studio.bundle.first) return studio.locks("weights") ? undefined : { name, index };
  const batch = studio.frame?.batch ?? [];
  const sample = batch[Math.min(studio.row, batch.length - 1)]; // the last one is shorter
  if (!(name === "x" || name === "t") || sample === undefined) return undefined;
  if (studio.locks("inputs")) return undefined;
  return { name, index: [sample, ...index] };
}

/** Returns a small step for a number, of about a hundredth of its size. */
export function step(value: number): number {
  const size = Math.min(1e6, Math.max(1e-3, Math.abs(value) || 0.1));
  return Number((10 ** (Math.floor(Math.log10(size)) - 1)).toPrecision(1));
}

const COARSE = 10;

/** Returns a number some steps on; no digits are left over from the arithmetic. */
export function stepped(value: number, steps: number, coarse = false): number {
  const from = Number.isFinite(value) ? value : 0;
  return tidy(from + steps * step(from) * (coarse ? COARSE : 1));
}

/** Returns a number after a drag over so many pixels, to the right or upwards. */
export function dragged(value: number, pixels: number): number {
  const from = Number.isFinite(value) ? value : 0;
  const grid = step(from) / 2;
  return tidy(from + Math.round(pixels) * grid);
}

function tidy(value: number): number {
  return Number(value.toPrecision(10));
}

// What was asked for last, until a frame has it: keys come faster than frames.
const asked = new WeakMap<Studio, { frame: Frame | undefined; element: string; value: number }>();

let gestures = 0;

/** Returns the number of a new gesture: what it changes is taken back in one. */
export function gesture(): number {
  return ++gestures;
}

const PAUSE = 1000; // milliseconds, after which more of the same is another gesture
let latest = { of: "", at: 0, gesture: 0 };

/** Returns the gesture that a wheel or a key goes on with, or begins, at some time. */
export function run(of: string, at: number): number {
  const goes = of === latest.of && at - latest.at < PAUSE;
  latest = { of, at, gesture: goes ? latest.gesture : gesture() };
  return latest.gesture;
}

/** Changes a number by hand. */
export function change(studio: Studio, element: string, value: number, gesture: number): void {
  const target = editable(studio, element);
  if (!target || Object.is(value, current(studio, element))) return;
  asked.set(studio, { frame: studio.frame, element, value });
  studio.send({ do: "edit", ...target, value, gesture });
}

/** Takes a gesture back, so that the number is as before; what trains is not sent back. */
export function takeBack(studio: Studio, element: string, value: number, gesture: number): void {
  if (studio.frame?.running) return change(studio, element, value, gesture);
  asked.set(studio, { frame: studio.frame, element, value });
  studio.send({ do: "undo", gesture });
}

/** Returns the number of an element that can be changed, as it is now or is about to be. */
export function current(studio: Studio, element: string): number {
  const last = asked.get(studio);
  if (last && last.element === element && last.frame === studio.frame) return last.value;
  const { name, index } = split(element);
  return studio.value([name, ...index]);
}
