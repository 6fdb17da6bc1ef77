// The terms of a formula, each with what it stands for in the diagram.

import type { Factors, Loop, Template } from "../bundle";
import { called, type Element } from "./element";
import { fill, kept, more, SHOWN, type Written } from "./fill";
import type { Letters, Moment } from "./moment";

/** A part of a line; one that stands for an element of the diagram can be pointed at. */
export interface Term extends Written {
  /** What it stands for. */
  element?: string | undefined;
  /** Whether it is one of several parts of a formula, whose text is with the first. */
  part?: boolean;
  /** The element whose gradient it is: to be asked about next. */
  next?: Element;
}

const NONE = { tex: "", text: "" };
const PLUS = '<mo form="infix">+</mo>';

/** Returns a formula in parts: a line may break at its outermost + and −. */
export function pieces(template: Template, letters: Letters, moment: Moment): Term[] {
  const whole = fill(template, letters, moment);
  const terms = parted(template.math).flatMap((math) => {
    const loop = /^«\+(\d+):\w+»$/.exec(math);
    const sum = loop ? template.loops?.[Number(loop[1])] : undefined;
    return sum ? looped(sum, letters, moment) : [one({ ...template, math }, letters, moment)];
  });
  // Copied and read aloud is the whole: the parts are for the eye and the pointer.
  return terms.map((term, n) => ({ ...term, part: true, ...(n ? NONE : spoken(whole)) }));
}

function spoken({ tex, text }: Written): { tex: string; text: string } {
  return { tex, text };
}

function one(template: Template, letters: Letters, moment: Moment): Term {
  const gaps = [...template.math.matchAll(/«(\d+)[^»]*»/g)].map((gap) => Number(gap[1]));
  const numbers = gaps.flatMap((gap) => template.slots?.[gap] ?? []);
  const written = fill(template, letters, moment);
  const stands = element(numbers, letters, moment);
  return stands === undefined ? written : { ...written, element: stands };
}

/** Returns the element that a term stands for: the weight in it, else what there is. */
function element(factors: Factors, letters: Letters, moment: Moment): string | undefined {
  const references = factors.filter((f) => typeof f !== "number");
  const weight = references.find(([name]) => name.endsWith(".weight"));
  const [name = "", ...places] = weight ?? references[0] ?? [];
  if (!moment.rule(name)) return undefined;
  const index = places.map((at) => Number(typeof at === "number" ? at : letters[at]));
  return called({ name, index }, moment);
}

function looped(loop: Loop, letters: Letters, moment: Moment): Term[] {
  const { places, size } = kept(loop, letters, moment);
  const terms = places.map((at, n): Term => {
    const term = one(loop.term, { ...letters, [loop.letter]: at }, moment);
    return n ? { ...term, math: PLUS + term.math } : term;
  });
  if (places.length === size) return terms;
  const dots = more(size - places.length, places.length < SHOWN);
  return [...terms, { ...dots, math: PLUS + dots.math }];
}

/** Parts MathML at the + and − of its outer row. */
function parted(math: string): string[] {
  const inside = /^<mrow>(.*)<\/mrow>$/s.exec(math)?.[1];
  if (inside === undefined) return [math];
  const found = [/^[^<]*/.exec(inside)?.[0] ?? ""];
  let depth = 0;
  for (const [part, close] of inside.matchAll(/<(\/?)[^>]*>[^<]*/g)) {
    if (close) depth -= 1;
    if (depth < 0) return [math]; // two rows side by side, not one around all
    if (!close && depth === 0 && /^<mo form="infix">[+−]/.test(part)) found.push("");
    found.push((found.pop() ?? "") + part);
    if (!close) depth += 1;
  }
  return found.filter((part) => part);
}
