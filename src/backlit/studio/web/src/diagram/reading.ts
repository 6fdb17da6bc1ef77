// What a frame says at each place of a picture: numbers, texts, widths and signs.
//
// References are looked up once for each picture; a frame then only reads memory.

import type { Bundle, DiagramLine, Picture, Reference } from "../bundle";
import { element } from "../engine/memory";
import type { Frame } from "../engine/messages";
import { shown } from "../numbers";
import { split } from "./scene";
import { sign, tint, widthOf, type Sign } from "./marks";
import { ownScales, type Scales, type Sizes } from "./scales";

type Source = (values: Float64Array, row: number) => number;

/** A number of the pass: where it lies, and from which stage on it is worked out. */
interface Quantity {
  read: Source;
  due: number;
  /** The same number after the update, where there is one. */
  next?: Quantity;
}

export interface Compiled {
  picture: Picture;
  lines: { factors: Quantity[]; due: number; weight: boolean }[];
  nodes: (Quantity | undefined)[];
  texts: (Quantity | undefined)[];
}

/** What is drawn at one moment. */
export interface Drawn {
  lines: { width: number; sign: Sign; blank: boolean; bad: boolean }[];
  nodes: { tint: number; sign: Sign; bad: boolean }[];
  texts: { text: string; size: number; bad: boolean }[];
  largest: Sizes;
}

export function source(bundle: Bundle, reference: Reference | number): Source {
  if (typeof reference === "number") return () => reference;
  const [name, ...index] = reference;
  const place = bundle.layout[name];
  if (!place) return () => NaN;
  const batched = place.shape.length > index.length;
  const at = element(place, batched ? [0, ...index] : index);
  const value = place.value ?? NaN;
  if (at === undefined) return () => value;
  const stride = batched ? (place.strides?.[0] ?? 0) : 0;
  return (values, row) => values[at + row * stride] ?? NaN;
}

/** Returns from which stage on each quantity is worked out; 0 if it is always there. */
export function dues(bundle: Bundle): (name: string) => number {
  const at = new Map(bundle.stages.map((stage, n) => [stage.name, n + 1]));
  const first = bundle.stages.find((stage) => stage.phase === "forward")?.name ?? "";
  const last = bundle.stages.findLast((stage) => stage.phase === "forward")?.name ?? "";
  return (name) => {
    const [layer = ""] = name.replace("slope.", "").split(".");
    if (name === "prediction") return at.get(last) ?? 0;
    if (name === "grad.x") return at.get(`grad.${first}`) ?? 0;
    if (name.startsWith("slope.")) return at.get(`grad.${layer}.sum`) ?? 0;
    return at.get(name) ?? 0;
  };
}

const base = (name: string) => name.split("[")[0] ?? "";

/** Returns what a line shows: its weight, on the way back its gradient; or a product. */
function strength(line: DiagramLine): Reference[] {
  if (!line.name) return line.strength ?? [];
  const { name, index } = split(line.name);
  return [[line.kind === "forward" ? name : `grad.${name}`, ...index]];
}

export function compile(bundle: Bundle, picture: Picture): Compiled {
  const due = dues(bundle);
  const number = (reference: Reference | number | undefined): Quantity | undefined => {
    if (reference === undefined) return undefined;
    const read = source(bundle, reference);
    if (typeof reference === "number") return { read, due: 0 };
    const [name, ...index] = reference;
    const after = `new.${name}`;
    if (!(name in bundle.first && after in bundle.layout)) return { read, due: due(name) };
    return { read, due: 0, next: { read: source(bundle, [after, ...index]), due: due(after) } };
  };
  return {
    picture,
    lines: picture.lines.map((line) => ({
      factors: strength(line).map((reference) => number(reference) as Quantity),
      // A local derivative counts when the gradient that it helps to find is there.
      due: line.kind === "backward" ? due(`grad.${base(line.name ?? line.by ?? "")}`) : 0,
      weight: line.kind === "forward",
    })),
    nodes: picture.nodes.map((node) => number(node.value)),
    texts: picture.texts.map((slot) => {
      const found = number(slot.value);
      if (!found || slot.shows !== "local") return found;
      return { read: found.read, due: due(`grad.${base(slot.by ?? "")}`) };
    }),
  };
}

/** Returns about how wide a text is in the usual fonts, in units of the font's size. */
export function extent(text: string): number {
  let width = 0;
  for (const letter of text)
    width += "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ .,·/".includes(letter)
      ? 0.4
      : /[mMWσ=+−→]/.test(letter)
        ? 0.85
        : 0.6;
  return width;
}

const [DIGITS, LEAST] = [4, 3];

/** Writes numbers into a text: with a digit less, then smaller, where there is no room. */
export function fitted(
  pattern: string,
  values: readonly number[],
  width: number,
  size: number,
): { text: string; size: number } {
  let text = pattern;
  for (let digits = DIGITS; digits >= LEAST; digits--) {
    text = pattern.replace("{}", values.map((value) => shown(value, digits)).join(" → "));
    if (extent(text) * size <= width) break;
  }
  return { text, size: Math.min(size, (size * width) / (extent(text) * size || 1)) };
}

function largest(sizes: Iterable<number>): number {
  let most = 0;
  for (const size of sizes) if (Number.isFinite(size)) most = Math.max(most, Math.abs(size));
  return most;
}

/** Returns what stands everywhere at one moment, of one sample. */
export function drawn(
  compiled: Compiled,
  frame: Frame,
  row: number,
  scales: Scales = ownScales,
): Drawn {
  const { values, stage } = frame;
  const now = (number: Quantity) =>
    number.next && number.next.due <= stage && number.next.due
      ? number.next.read(values, row)
      : number.read(values, row);
  const known = (number: Quantity | undefined) => !!number && number.due <= stage;
  const strengths = compiled.lines.map(({ factors, due }) =>
    factors.length && due <= stage ? factors.reduce((p, factor) => p * now(factor), 1) : undefined,
  );
  const sizes = (weight: boolean) =>
    strengths.filter(
      (s, n): s is number => s !== undefined && compiled.lines[n]?.weight === weight,
    );
  const contents = compiled.nodes.map((n) => (n && known(n) ? now(n) : undefined));
  const most = {
    weight: largest(sizes(true)),
    gradient: largest(sizes(false)),
    value: largest(contents.filter((value) => value !== undefined)),
  };
  const found = scales(most, frame);
  return {
    largest: found,
    lines: strengths.map((strength, n) => {
      const { weight = false, due = 0 } = compiled.lines[n] ?? {};
      const quiet = compiled.picture.lines[n]?.quiet ? 0.55 : 1;
      return {
        width: widthOf(strength, weight ? found.weight : found.gradient, quiet),
        sign: sign(strength),
        blank: due > stage,
        bad: strength !== undefined && !Number.isFinite(strength),
      };
    }),
    nodes: contents.map((value) => ({
      tint: value === undefined ? 0 : tint(value, found.value),
      sign: sign(value),
      bad: value !== undefined && !Number.isFinite(value),
    })),
    texts: compiled.texts.map((number, n) => written(compiled, n, number, frame, row)),
  };
}

function written(
  compiled: Compiled,
  n: number,
  number: Quantity | undefined,
  frame: Frame,
  row: number,
) {
  const slot = compiled.picture.texts[n];
  if (!slot) return { text: "", size: 0, bad: false };
  if (!number) return { ...fitted(slot.text, [], slot.width, slot.size), bad: false };
  if (number.due > frame.stage) return { text: "", size: slot.size, bad: false };
  const value = number.read(frame.values, row);
  const { next } = number;
  const moved = next && next.due > 0 && next.due <= frame.stage;
  const values = moved ? [value, next.read(frame.values, row)] : [value];
  return {
    ...fitted(slot.text, values, slot.width, slot.size),
    bad: values.some((v) => !Number.isFinite(v)),
  };
}

/** Returns the first stage of the pass whose quantity has a value that is not finite. */
export function troubled(bundle: Bundle, frame: Frame): number {
  const rows = frame.batch.length;
  return bundle.stages.findIndex((stage, n) => {
    if (n >= frame.stage) return false;
    const place = bundle.layout[stage.name];
    if (place?.offset === undefined) return false;
    const [first = 1, ...rest] = place.shape;
    const count = rest.reduce((a, b) => a * b, 1) * (stage.name in bundle.first ? first : rows);
    const start = place.offset / 8;
    const part = frame.values.subarray(start, start + count);
    return part.some((value) => !Number.isFinite(value));
  });
}
