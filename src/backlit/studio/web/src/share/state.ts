// The whole state of a studio as plain data, and as an address: what was asked for, what
// was changed by hand, and where time stands. The numbers follow from it, bit for bit.

import { deflated, inflated } from "../deflate";
import type { Bundle, Lesson, Spec } from "../bundle";
import type { Change } from "../engine/trainer";
import { filled, text } from "../text";

export const MOST = 8000; // letters of an address that every way of sending it takes
const VERSION = 1;

export interface State {
  version: number;
  spec: Spec;
  changes: Change[];
  step: number;
  stage: number;
  row: number;
  selected: string;
  lesson?: Lesson | null;
  /** Where in the lesson: the step that is shown, and the furthest that was reached. */
  guided?: { at: number; furthest: number };
}

/** What is wrong with a state that was handed over, to be said to the person. */
export class StateError extends Error {}

/** Returns a state from data of any kind, checked part by part; throws StateError. */
export function checked(data: unknown): State {
  const state = data as Partial<State> | null;
  if (typeof state !== "object" || state === null) throw unknown("state");
  if (state.version !== VERSION) throw new StateError(text.address.version);
  const { spec, changes = [], step = 0, stage = 0, row = 0, selected = "" } = state;
  if (!isSpec(spec)) throw unknown("spec");
  if (!Array.isArray(changes) || !changes.every(isChange)) throw unknown("changes");
  for (const [name, value] of Object.entries({ step, stage, row }))
    if (!isCount(value)) throw unknown(name);
  if (typeof selected !== "string") throw unknown("selected");
  const ordered = changes.every((change, n) => change.step >= (changes[n - 1]?.step ?? 0));
  if (!ordered) throw unknown("changes");
  const lesson = state.lesson ? { lesson: lessonOf(state.lesson) } : {};
  const guided = state.guided ? { guided: placeOf(state.guided) } : {};
  return { version: VERSION, spec, changes, step, stage, row, selected, ...lesson, ...guided };
}

function unknown(part: string): StateError {
  return new StateError(filled(text.address.unknown, { part }));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRate(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}

function isSpec(spec: unknown): spec is Spec {
  const { network, layer } = (spec ?? {}) as Partial<Spec>;
  return isCount(network?.inputs) && Array.isArray(layer) && layer.every((l) => isCount(l?.units));
}

function isChange(change: unknown): change is Change {
  const { step, name, index, value, learningRate, batchSize } = (change ?? {}) as Record<
    string,
    unknown
  >;
  if (!isCount(step)) return false;
  if (name === undefined) return isRate(learningRate) || (isCount(batchSize) && batchSize > 0);
  const places = Array.isArray(index) && index.every(isCount);
  return typeof name === "string" && places && Number.isFinite(value);
}

function lessonOf(lesson: Lesson): Lesson {
  const { title, step, hidden = [], locked = [] } = lesson;
  const texts = Array.isArray(step) && step.every((s) => typeof s?.text === "string");
  const names = [hidden, locked].every((l) => Array.isArray(l));
  if (typeof title !== "string" || !texts || !names) throw unknown("lesson");
  return { ...lesson, hidden, locked };
}

function placeOf({ at, furthest }: { at: number; furthest: number }): NonNullable<State["guided"]> {
  if (!isCount(at) || !isCount(furthest) || at > furthest) throw unknown("guided");
  return { at, furthest };
}

/** Checks that what was changed by hand is there in a network; throws StateError. */
export function requireFitting(state: State, bundle: Bundle): void {
  const { rows } = bundle.table;
  for (const change of state.changes) {
    if (!("name" in change)) continue;
    const { name, index } = change;
    const shape = bundle.first[name] ? bundle.layout[name]?.shape : undefined;
    const width = bundle.layout[name]?.shape.at(-1) ?? 0;
    const limits = name === "x" || name === "t" ? [rows, width] : shape;
    const fits = limits?.length === index.length && index.every((i, n) => i < (limits[n] ?? 0));
    if (!fits) throw unknown(`${name}[${index.join(",")}]`);
  }
}

/** Returns a state as the part of an address after `#`. */
export async function encoded(state: State): Promise<string> {
  const letters = await deflated(JSON.stringify(state));
  const body = letters.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `${VERSION}.${digest(body)}.${body}`;
}

/** Returns the state that an address holds; throws StateError. */
export async function decoded(hash: string): Promise<State> {
  const [version, sum, body] = hash.replace(/^#/, "").split(".");
  if (version !== String(VERSION)) throw new StateError(text.address.version);
  if (!body || sum !== digest(body)) throw new StateError(text.address.cut);
  try {
    return checked(JSON.parse(await inflated(body.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch (error) {
    throw error instanceof StateError ? error : new StateError(text.address.cut);
  }
}

/** Returns a check sum (FNV-1a), against letters lost on the way. */
function digest(letters: string): string {
  let sum = 0x811c9dc5;
  for (let n = 0; n < letters.length; n++)
    sum = Math.imul(sum ^ letters.charCodeAt(n), 0x01000193) >>> 0;
  return sum.toString(36);
}

/** Returns the text of a session file. */
export function sessionFile(state: State): string {
  return JSON.stringify({ backlit: "session", ...state }, null, 1) + "\n";
}

/** Returns the state in a session file; throws StateError. */
export function fromSessionFile(content: string): State {
  let data: unknown;
  try {
    data = JSON.parse(content);
  } catch {
    throw new StateError(text.address.cut);
  }
  if ((data as { backlit?: unknown } | null)?.backlit !== "session") throw unknown("backlit");
  return checked(data);
}
