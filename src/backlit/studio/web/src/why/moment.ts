// The numbers of one moment: what lies at a reference, and whether it is worked out yet.

import type { Assignment, Bundle, Factors, Rule, Rules } from "../bundle";
import { indexed, read } from "../engine/memory";
import type { Frame } from "../engine/messages";

/** The places of indices; a letter instead of a place is printed as such: ∑ₖ. */
export type Letters = Record<string, number | string>;

export interface Moment {
  /** The rule of a quantity, of one sample or of a batch, whichever this is. */
  rule: (name: string) => Rule | undefined;
  /** How a parameter is moved, over a batch as over one sample. */
  update: (name: string) => Assignment[];
  /** The name by which a quantity has its rule. */
  named: (name: string) => string;
  value: (factors: Factors, letters: Letters) => number;
  known: (factors: Factors) => boolean;
  /** All elements of a quantity in the sample that is shown. */
  units: (name: string) => number[];
  rows: number;
  row: number;
  /** Significant digits of numbers. */
  digits: number;
}

export function moment(
  bundle: Bundle,
  rules: Rules,
  frame: Frame,
  row: number,
  digits = 9,
): Moment {
  const { layout } = bundle;
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

  const twins = Object.entries(rules.same).flatMap(
    ([a, b]) =>
      [
        [a, b],
        [b, a],
      ] as const,
  );

  /** Returns the first stage that works a quantity out, by whichever of its names. */
  function first(name: string): number | undefined {
    const prefix = /^(grad\.)?/.exec(name)?.[0] ?? "";
    const own = name.slice(prefix.length);
    const others = twins.filter(([a]) => a === own).map(([, b]) => prefix + b);
    const found = [name, ...others].map(byName).filter((at) => at !== undefined);
    return found.length ? Math.min(...found) : undefined;
  }

  const seen = new Map<string, number | undefined>();
  function stage(name: string): number | undefined {
    if (!seen.has(name)) seen.set(name, first(name));
    return seen.get(name);
  }

  /** A quantity that is no stage by itself comes with one that is. */
  function byName(name: string): number | undefined {
    if (stages.has(name)) return stages.get(name);
    if (name.startsWith("slope.dense")) return stages.get(`${name.slice(6)}.output`);
    if (name.startsWith("E.")) return stages.get("E");
    if (name === "prediction") return stages.get(`${last}.output`);
    if (name === "grad.x") return stages.get("grad.dense1.sum");
    if (name.startsWith("grad.E")) return stages.get("E");
    return undefined;
  }

  function units(name: string): number[] {
    const size = layout[name]?.shape.at(-1) ?? 1;
    return Array.from({ length: size }, (_, n) => {
      const index = [Math.min(row, rows - 1), n];
      const place = layout[name];
      return place ? read(frame.values, place, index) : NaN;
    });
  }

  return {
    units,
    update: (name) => rules.single[name]?.update ?? [],
    rule: (name) => own[named(name)],
    named,
    value: (factors, letters) => factors.reduce<number>((p, f) => p * one(f, letters), 1),
    known: (factors) =>
      factors.every((f) => typeof f === "number" || (stage(f[0]) ?? -1) < frame.stage),
    rows,
    row: Math.min(row, rows - 1),
    digits,
  };
}
