// A derivation of one element: lines of terms, each of which stands for something drawn.

import type { Equation, Factors, Run, Template, Way } from "../bundle";
import { called, lettersOf, type Element } from "./element";
import { fill, lowered, LONG, more, number, SHOWN, type Written } from "./fill";
import type { Letters, Moment } from "./moment";
import { raised } from "../numbers";
import { pieces, type Term } from "./pieces";
import { ERROR, gradient, links, path, share, type Link } from "./ways";

/** An equation: left = side = side; a side that is not yet worked out is left out. */
export interface Line {
  left: Term;
  sign: "=" | "←";
  sides: Term[][];
  /** Whether all of it is worked out at this point of the pass. */
  known: boolean;
  /** Between what a quantity is kept, where the formula does not hold because of that. */
  cut?: Equation["bound"];
}

export type { Term };

export const PLAIN: Written = { math: "", tex: "", text: "" };

export function sign(math: string, tex: string, text: string): Term {
  return { math: `<mo form="infix">${math}</mo>`, tex: ` ${tex} `, text: ` ${text} ` };
}

const TIMES = sign("·", "\\cdot", "·");
const PLUS = sign("+", "+", "+");

/** Returns all numbers that a formula shows. */
function needed(template: Template): Factors {
  const choices = template.choices ?? [];
  return [
    ...(template.slots ?? []).flat(),
    ...(template.loops ?? []).flatMap((loop) => needed(loop.term)),
    ...choices.flatMap((c) => [...c.left, ...c.right, ...needed(c.then), ...needed(c.otherwise)]),
  ];
}

export function joined(side: Term[]): string {
  return side.map((term) => term.text).join("");
}

/** Lets the terms of a side stand for what those of another side stand for. */
function stand(side: Term[] | undefined, other: Term[]): void {
  if (side?.length !== other.length) return;
  side.forEach((term, n) => (term.element = other[n]?.element));
}

/** Tells whether a formula holds for these numbers; else only the value can be told. */
function holds({ bound }: Equation, moment: Moment): boolean {
  if (!bound) return true;
  const units = moment.units(bound.name);
  return units.every((value) => bound.low <= value && value <= bound.high);
}

/** Writes left = formula = with numbers = value, leaving out a side that repeats another. */
function equation(
  left: Term,
  given: Equation | null | undefined,
  value: Factors,
  letters: Letters,
  moment: Moment,
): Line {
  const formula = given && holds(given, moment) ? given : null;
  const numbers = formula?.numbers;
  const known = moment.known(value);
  const sides = formula ? [pieces(formula.symbols, letters, moment)] : [];
  if (numbers) {
    const worked = pieces(numbers, letters, moment);
    stand(sides[0], worked);
    if (moment.known(needed(numbers))) sides.push(worked);
  }
  if (known) sides.push([number(moment.value(value, letters), "", moment.digits)]);
  const kept = sides.filter((side, n) => joined(side) !== joined(sides[n - 1] ?? []));
  return { left, sign: "=", sides: kept, known, cut: formula ? null : given?.bound };
}

/** Returns the symbol of an element. */
export function symbol(element: Element, moment: Moment): Term {
  const rule = moment.rule(element.name);
  const written = rule ? fill(rule.symbol, lettersOf(element, moment), moment) : PLAIN;
  return { ...written, element: called(element, moment) };
}

export function derivative(element: Element, moment: Moment): Term | undefined {
  const template = moment.rule(element.name)?.derivative;
  if (!template) return undefined;
  const written = fill(template, lettersOf(element, moment), moment);
  return { ...written, element: called(element, moment), next: element };
}

export function forward(element: Element, moment: Moment): Line | undefined {
  const rule = moment.rule(element.name);
  if (!rule?.forward) return undefined;
  const value: Factors = [[element.name, ...element.index]];
  const left = symbol(element, moment);
  return equation(left, rule.forward, value, lettersOf(element, moment), moment);
}

/** Returns what a way's local derivative stands for: a weight, or where it begins. */
function stands(element: Element, link: Link, moment: Moment): string {
  const [only, ...others] = link.way.value;
  const weight = Array.isArray(only) && only[0].endsWith(".weight") && !others.length;
  if (!weight || element.name.endsWith(".weight")) return called(element, moment);
  const places = only.slice(1).map((at) => (typeof at === "string" ? link.letters[at] : at));
  return `${only[0]}[${places.join(",")}]`;
}

function localSymbol(element: Element, link: Link, moment: Moment): Term {
  const written = fill(link.way.symbol, link.letters, moment);
  return { ...written, element: stands(element, link, moment) };
}

export function local(element: Element, link: Link, moment: Moment): Line {
  const left = localSymbol(element, link, moment);
  return equation(left, link.way.formula, link.way.value, link.letters, moment);
}

function product(factors: Term[]): Term[] {
  return factors.flatMap((factor, n) => (n ? [TIMES, factor] : [factor]));
}

function sum(terms: Term[][]): Term[] {
  return terms.flatMap((term, n) => (n ? [PLUS, ...term] : term));
}

function numbered(
  value: number,
  element: string | undefined,
  demands: string,
  moment: Moment,
): Term {
  const written = number(value, demands, moment.digits);
  return element === undefined ? written : { ...written, element };
}

/** Returns the ways that are written out, in order: all, or of many the largest. */
export function written(all: Link[]): Link[] {
  if (all.length <= LONG) return all;
  const order = [...all].sort((a, b) => Math.abs(share(b)) - Math.abs(share(a)));
  const kept = order.slice(0, SHOWN).filter((one) => share(one) !== 0);
  const chosen = kept.length ? kept : order.slice(0, 1);
  return all.filter((one) => chosen.includes(one));
}

/** Returns the chain rule of an element: along its only path to E, or over its ways. */
export function chain(element: Element, moment: Moment): Line | undefined {
  const only = path(element, moment);
  return only && only.length > 1
    ? worked(element, along(only, moment), moment)
    : oneStep(element, moment);
}

/** Returns the chain rule of an element with the elements that it acts on next. */
export function oneStep(element: Element, moment: Moment): Line | undefined {
  const direct = toError(element, moment);
  if (direct) return local(element, direct, moment); // there is no chain: that is all
  return worked(element, over(element, links(element, moment), moment), moment);
}

/** Writes ∂E/∂element = in symbols = in numbers = its value. */
function worked(element: Element, sides: [Term[], Term[]], moment: Moment): Line | undefined {
  const left = derivative(element, moment);
  if (!left) return undefined;
  const value = gradient(element);
  const known = moment.known(value);
  const [symbols, numbers] = sides;
  const result = numbered(symbols.length ? moment.value(value, {}) : 0, left.element, "", moment);
  const all = known ? [symbols, numbers, [result]] : [symbols];
  const differs = (side: Term[], n: number) => !n || joined(side) !== joined(all[n - 1] ?? []);
  const kept = all.filter((side, n) => side.length && differs(side, n));
  return { left, sign: "=", sides: kept, known };
}

function along(steps: [Element, Link][], moment: Moment): [Term[], Term[]] {
  const backwards = [...steps].reverse();
  const symbols = backwards.map(([element, link]) => localSymbol(element, link, moment));
  const demands = steps.length > 1 ? "ne" : "";
  const numbers = backwards.map(([, link], n) =>
    numbered(link.local, symbols[n]?.element, demands, moment),
  );
  return [product(symbols), product(numbers)];
}

function over(element: Element, all: Link[], moment: Moment): [Term[], Term[]] {
  const shown = written(all);
  const symbols =
    all.length > LONG
      ? general(element, all, moment)
      : sum(shown.map((link) => way(element, link, moment)));
  const terms = shown.map((link, n) => wayNumbers(element, link, moment, n > 0));
  const left = all.length - shown.length;
  if (left) terms.push([more(left, shown.length < SHOWN)]);
  return [symbols, sum(terms)];
}

function way(element: Element, link: Link, moment: Moment): Term[] {
  const own = localSymbol(element, link, moment);
  const above = derivative(link.target, moment);
  return link.target.name === ERROR || !above ? [own] : product([above, own]);
}

function wayNumbers(element: Element, link: Link, moment: Moment, later: boolean): Term[] {
  const stood = stands(element, link, moment);
  if (link.target.name === ERROR) return [numbered(link.local, stood, later ? "n" : "", moment)];
  const above = derivative(link.target, moment);
  const factor = numbered(link.gradient, above?.element, "ne", moment);
  return product([{ ...factor, next: link.target }, numbered(link.local, stood, "ne", moment)]);
}

/** Writes many ways as a sum over the index that runs: ∑ₖ ∂E/∂Σₖ · ∂Σₖ/∂x. */
function general(element: Element, all: Link[], moment: Moment): Term[] {
  const own = lettersOf(element, moment);
  return sum([...new Set(all.map((link) => link.way))].map((one) => indexed(one, own, moment)));
}

function indexed(way: Way, own: Letters, moment: Moment): Term[] {
  const running = Object.fromEntries(way.runs.map(({ letter }) => [letter, letter]));
  const letters: Letters = { ...own, ...running };
  const target = moment.rule(way.target);
  const places = way.index.map((at) => (typeof at === "number" ? at : (letters[at] ?? at)));
  const named = Object.fromEntries((target?.letters ?? []).map((l, n) => [l, places[n] ?? l]));
  const above = way.target === ERROR ? null : target?.derivative;
  const factors = [way.symbol].map((template) => fill(template, letters, moment));
  if (above) factors.unshift(fill(above, named, moment));
  return [...way.runs.map((run) => bigSum(run, own, moment)), ...product(factors)];
}

function bigSum(run: Run, own: Letters, moment: Moment): Term {
  const { letter, other } = run;
  if (other) {
    const not = Number(own[other]) + 1;
    const below = `<mrow><mi>${letter}</mi><mo>≠</mo><mn>${not}</mn></mrow>`;
    const math = `<munder><mo>∑</mo>${below}</munder>`;
    return { math, tex: `\\sum_{${letter} \\ne ${not}} `, text: `∑(${letter} ≠ ${not}) ` };
  }
  const size = run.size === "batch" ? moment.rows : run.size;
  const below = `<mrow><mi>${letter}</mi><mo>=</mo><mn>1</mn></mrow>`;
  const math = `<munderover><mo>∑</mo>${below}<mn>${size}</mn></munderover>`;
  const text = `∑${lowered(letter)}₌₁${raised(size)} `;
  return { math, tex: `\\sum_{${letter} = 1}^{${size}} `, text };
}

/** Returns the lines of the forward formulas that a derivation needs. */
export function formulas(element: Element, moment: Moment): Line[] {
  const only = path(element, moment);
  const through = only ? only.map(([at]) => at) : [element];
  const whole = only || element.name === ERROR ? errors(moment) : [];
  const found = [...through.filter(({ name }) => name !== ERROR), ...whole];
  return found.map((at) => forward(at, moment)).filter((line) => line !== undefined);
}

/** Returns E, and before it what it is made of: of the sample that is shown, and in all. */
export function errors(moment: Moment): Element[] {
  const parts: Element[] = [{ name: "E.sample", index: [moment.row] }];
  for (const name of ["E.data", "E.penalty", ERROR]) parts.push({ name, index: [] });
  return parts.filter(({ name }) => moment.rule(name));
}

/** Returns the way of an element that acts on E itself and on nothing else. */
export function toError(element: Element, moment: Moment): Link | undefined {
  const [only, ...others] = links(element, moment);
  return only?.target.name === ERROR && !others.length ? only : undefined;
}

/** Returns each local derivative that the chain rule needs. */
export function locals(element: Element, moment: Moment): Line[] {
  if (toError(element, moment)) return [];
  const only = path(element, moment);
  const steps = only ?? written(links(element, moment)).map((l): [Element, Link] => [element, l]);
  return steps.map(([at, link]) => local(at, link, moment));
}

export function updates(element: Element, moment: Moment): Line[] {
  const letters = lettersOf(element, moment);
  return moment.update(element.name).map((step) => {
    const left = { ...fill(step.symbol, letters, moment), element: called(element, moment) };
    return { ...equation(left, step.formula, step.value, letters, moment), sign: "←" };
  });
}
