// The numbers of one moment: what lies at a reference, and whether it is worked out yet.

import type { Bundle, Factors, Rule } from "../bundle";
import { indexed, read } from "../engine/memory";
import type { Frame } from "../engine/messages";

/** The places of indices; a letter instead of a place is printed as such: ∑ₖ. */
export type Letters = Record<string, number | string>;

export interface Moment {
  /** The rule of a quantity, of one sample or of a batch, whichever this is. */
  rule: (name: string) => Rule | undefined;
  /** The name by which a quantity has its rule. */
  named: (name: string) => string;
  value: (factors: Factors, letters: Letters) => number;
  known: (factors: Factors) => boolean;
  rows: number;
  row: number;
}

export function moment(bundle: Bundle, frame: Frame, row: number): Moment {
  const { layout, rules } = bundle;
  const rows = frame.batch.length;
  const stages = new Map(bundle.stages.map((stage, n) => [stage.name, n]));
  const last = `dense${bundle.spec.layer.length}`;
  const own = rows > 1 ? rules.batch : rules.single;
  const named = (name: string) => (own[name] ? name : (rules.same[name] ?? name));

  function one(factor: Factors[number], letters: Letters): number {
    if (typeof factor === "number") return factor;
    const [name, ...places] = factor;
    if (name === "batch") return rows;
    const place = layout[name];
    if (!place) return NaN;
    const index = places.map((at) => (typeof at === "number" ? at : Number(letters[at] ?? NaN)));
    return read(frame.values, place, indexed(place, index, Math.min(row, rows - 1)));
  }

  /** A quantity that is no stage by itself comes with one that is. */
  function stage(name: string): number | undefined {
    if (stages.has(name)) return stages.get(name);
    if (name.startsWith("slope.dense")) return stages.get(`${name.slice(6)}.output`);
    if (name.startsWith("E.")) return stages.get("E");
    if (name === "prediction") return stages.get(`${last}.output`);
    if (name === "grad.x") return stages.get("grad.dense1.sum");
    if (name.startsWith("grad.E")) return stages.get("E");
    return undefined;
  }

  return {
    rule: (name) => own[named(name)],
    named,
    value: (factors, letters) => factors.reduce<number>((p, f) => p * one(f, letters), 1),
    known: (factors) =>
      factors.every((f) => typeof f === "number" || (stage(f[0]) ?? -1) < frame.stage),
    rows,
    row: Math.min(row, rows - 1),
  };
}
