// Templates filled in: indices and numbers go into the gaps that Python left.

import type { Choice, Loop, Template } from "../bundle";
import { enough, figures, mathNumber, texNumber, textNumber, type Figures } from "../numbers";
import type { Letters, Moment } from "./moment";

export const LONG = 8; // terms of a sum that is still written out
export const SHOWN = 4; // terms that are shown of a longer one

/** A formula in three forms. */
export interface Written {
  math: string;
  tex: string;
  text: string;
}

type Form = keyof Written;

const WRITE = { math: mathNumber, tex: texNumber, text: textNumber };
const OPEN = {
  math: [
    '<mrow><mo fence="true" form="prefix" stretchy="false">(</mo>',
    '<mo fence="true" form="postfix" stretchy="false">)</mo></mrow>',
  ],
  tex: ["(", ")"],
  text: ["(", ")"],
} as const;
const PLUS = { math: '<mo form="infix">+</mo>', tex: " + ", text: " + " };
const BELOW = "₀₁₂₃₄₅₆₇₈₉";

/** Returns a number with the digits that show it; in parentheses if its place demands them. */
export function number(value: number, demands = "", digits = 9): Written {
  const parts = figures(value, enough(value, digits));
  const write = (form: Form) => numeral(parts, demands, form);
  return { math: write("math"), tex: write("tex"), text: write("text") };
}

function numeral(parts: Figures, demands: string, form: Form): string {
  const written = WRITE[form](parts);
  const [open, close] = OPEN[form];
  return demands.includes(kind(parts)) ? `${open}${written}${close}` : written;
}

/** Returns by which letter a place demands parentheses around such a number. */
function kind({ negative, mantissa, exponent }: Figures): string {
  if (negative) return "n";
  if (exponent === undefined) return " ";
  return mantissa ? "e" : "p";
}

/** Returns a formula with everything in its gaps; letters without a place stay letters. */
export function fill(template: Template, letters: Letters, moment: Moment): Written {
  const write = (form: Form) =>
    template[form].replace(/«([^»]*)»/g, (_, gap: string) =>
      filled(gap, template, letters, moment, form),
    );
  return { math: write("math"), tex: write("tex"), text: write("text") };
}

function filled(
  gap: string,
  template: Template,
  letters: Letters,
  moment: Moment,
  form: Form,
): string {
  const slot = /^(\d+):?(\w*)$/.exec(gap);
  if (slot) {
    const factors = template.slots?.[Number(slot[1])] ?? [];
    const value = moment.value(factors, letters);
    return numeral(figures(value, enough(value, moment.digits)), slot[2] ?? "", form);
  }
  const at = Number.parseInt(gap.slice(1));
  const loop = gap.startsWith("+") ? template.loops?.[at] : undefined;
  if (loop) return summed(loop, letters, moment, form);
  const choice = gap.startsWith("?") ? template.choices?.[at] : undefined;
  if (choice) return fill(chosen(choice, letters, moment), letters, moment)[form];
  return index(gap, letters, form);
}

function index(gap: string, letters: Letters, form: Form): string {
  const printed = gap.split(",").map((part) => {
    if (part.startsWith("=")) return part.slice(1); // lowered by Python
    const place = letters[part] ?? part;
    const plain = typeof place === "number" ? String(place + 1) : place;
    if (form === "math")
      return typeof place === "number" ? `<mn>${plain}</mn>` : `<mi>${plain}</mi>`;
    return form === "tex" ? plain : lowered(plain);
  });
  return printed.join(printed.every((part) => part.length === 1) ? "" : ",");
}

export function lowered(text: string): string {
  const letters: Record<string, string> = { i: "ᵢ", j: "ⱼ", k: "ₖ", n: "ₙ" };
  return [...text].map((c) => letters[c] ?? BELOW[Number(c)] ?? c).join("");
}

function chosen(choice: Choice, letters: Letters, moment: Moment): Template {
  const [a, b] = [moment.value(choice.left, letters), moment.value(choice.right, letters)];
  const holds = {
    ">": a > b,
    "≥": a >= b,
    "<": a < b,
    "≤": a <= b,
    "=": a === b,
    "≠": a !== b,
  }[choice.relation];
  return holds ? choice.then : choice.otherwise;
}

/** Returns where the terms stand that are written of a sum, and how many there are. */
export function kept(loop: Loop, letters: Letters, moment: Moment) {
  const size = loop.size === "batch" ? moment.rows : loop.size;
  const all = Array.from({ length: size }, (_, n) => loop.start + n);
  const sizes = all.map((at) =>
    Math.abs(moment.value(loop.sizes, { ...letters, [loop.letter]: at })),
  );
  return { places: largest(sizes).map((n) => loop.start + n), size };
}

/** Writes a sum: up to eight terms all, of more the four largest, and how many are left. */
function summed(loop: Loop, letters: Letters, moment: Moment, form: Form): string {
  const { places, size } = kept(loop, letters, moment);
  const terms = places.map(
    (at) => fill(loop.term, { ...letters, [loop.letter]: at }, moment)[form],
  );
  if (terms.length < size) terms.push(more(size - terms.length, terms.length < SHOWN)[form]);
  const sum = terms.join(PLUS[form]);
  return form === "math" ? `<mrow>${sum}</mrow>` : sum;
}

/** Returns which terms are written, in order: all, or of many the largest that are not 0. */
function largest(sizes: number[]): number[] {
  const order = sizes.map((_, n) => n);
  if (sizes.length <= LONG) return order;
  order.sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  const kept = order.slice(0, SHOWN).filter((n) => sizes[n] !== 0);
  return (kept.length ? kept : order.slice(0, 1)).sort((a, b) => a - b);
}

/** Returns dots for what is left out. */
export function more(count: number, zero: boolean): Written {
  const words = `(${count} more${zero ? ", all 0" : ""})`;
  return {
    math: `<mi mathvariant="normal">…</mi><mtext>\u00a0${words.replace(/ /g, "\u00a0")}</mtext>`,
    tex: `\\ldots\\text{ ${words}}`,
    text: `… ${words}`,
  };
}
