// Elements by name: `dense1.weight[0,1]`, `dense1.sum[0]`, `E`; of a batch the sample is apart.

import type { Letters, Moment } from "./moment";

export interface Element {
  name: string;
  /** Its place; over a batch that of the sample comes first. */
  index: number[];
}

export function parsed(text: string): { name: string; places: number[] } {
  const [, name = "", places] = /^([^[]*)(?:\[(.*)\])?$/.exec(text) ?? [];
  return { name, places: places ? places.split(",").map(Number) : [] };
}

/** Returns the element that a name means, of a whole quantity the first; undefined if none. */
export function found(text: string, moment: Moment): Element | undefined {
  const { name, places } = parsed(text);
  const rule = moment.rule(name);
  if (!rule) return undefined;
  const own = rule.letters.filter((letter) => letter !== "n").map((_, axis) => places[axis] ?? 0);
  const index = rule.letters[0] === "n" ? [moment.row, ...own] : own;
  return { name: moment.named(name), index };
}

/** Returns the name of an element as the diagram has it, which has no samples. */
export function called(element: Element, moment: Moment): string {
  const sampled = moment.rule(element.name)?.letters[0] === "n";
  const places = sampled ? element.index.slice(1) : element.index;
  return places.length ? `${element.name}[${places.join(",")}]` : element.name;
}

/** Returns the sample that an element belongs to, if it belongs to one of a batch. */
export function sample(element: Element, moment: Moment): number | undefined {
  return moment.rule(element.name)?.letters[0] === "n" ? element.index[0] : undefined;
}

export function lettersOf(element: Element, moment: Moment): Letters {
  const names = moment.rule(element.name)?.letters ?? [];
  return Object.fromEntries(names.map((letter, n) => [letter, element.index[n] ?? 0]));
}

export function same(a: Element, b: Element): boolean {
  return a.name === b.name && a.index.join() === b.index.join();
}
