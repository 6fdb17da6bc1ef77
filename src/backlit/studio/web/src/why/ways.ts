// The ways on which an element acts on the error: a rule's, each at all places it runs over.

import type { Factors, Way } from "../bundle";
import { lettersOf, type Element } from "./element";
import type { Letters, Moment } from "./moment";

/** ∂E/∂target · ∂target/∂element, of one target. */
export interface Link {
  way: Way;
  target: Element;
  letters: Letters;
  gradient: number; // ∂E/∂target; of E itself 1
  local: number;
}

export const ERROR = "E";

export function gradient(element: Element): Factors {
  return [[`grad.${element.name}`, ...element.index]];
}

/** Returns all ways of an element, in the order of their targets. */
export function links(element: Element, moment: Moment): Link[] {
  const rule = moment.rule(element.name);
  const letters = lettersOf(element, moment);
  const all = (rule?.ways ?? []).flatMap((way) =>
    run(way, letters, moment).map((own) => link(way, own, moment)),
  );
  return all.sort((a, b) => compare(a.target.index, b.target.index));
}

function compare(a: number[], b: number[]): number {
  const at = a.findIndex((n, axis) => n !== b[axis]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}

function run(way: Way, letters: Letters, moment: Moment): Letters[] {
  let found = [letters];
  for (const { letter, size, other } of way.runs) {
    const places = Array.from({ length: size === "batch" ? moment.rows : size }, (_, n) => n);
    const kept = other ? places.filter((n) => n !== letters[other]) : places;
    found = found.flatMap((own) => kept.map((n) => ({ ...own, [letter]: n })));
  }
  return found;
}

function link(way: Way, letters: Letters, moment: Moment): Link {
  const index = way.index.map((at) => Number(typeof at === "number" ? at : letters[at]));
  const target = { name: way.target, index };
  const above = way.target === ERROR ? 1 : moment.value(gradient(target), letters);
  return { way, target, letters, gradient: above, local: moment.value(way.value, letters) };
}

export function share(one: Link): number {
  return one.gradient * one.local;
}

/** Returns the way to E if there is one only: each element of it, and how it acts. */
export function path(element: Element, moment: Moment): [Element, Link][] | undefined {
  const steps: [Element, Link][] = [];
  for (let at = element; at.name !== ERROR;) {
    const [only, ...others] = links(at, moment);
    if (!only || others.length) return undefined;
    steps.push([at, only]);
    at = only.target;
  }
  return steps.length ? steps : undefined;
}
