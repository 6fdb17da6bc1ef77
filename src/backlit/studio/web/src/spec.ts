// What settings do to a spec: each function returns another spec whose parts still fit each
// other in shape. Whether the network makes sense is Python's to say.

import type { DataTable, Layer, Spec } from "./bundle";

/** Returns a spec without the given weights that no longer fit, its sample made to fit. */
export function refitted(spec: Spec): Spec {
  let width = spec.network.inputs;
  const layer = spec.layer.map((each) => {
    const kept = keepFitting(each, width);
    width = each.units;
    return kept;
  });
  const sample = spec.sample && {
    x: resized(spec.sample.x, spec.network.inputs),
    t: resized(spec.sample.t, width),
  };
  return { ...spec, layer, ...(sample ? { sample } : {}) };
}

function keepFitting(layer: Layer, width: number): Layer {
  const { weight, bias, ...rest } = layer;
  const fits = weight?.length === layer.units && weight.every((row) => row.length === width);
  const biasFits = bias?.length === layer.units && layer.use_bias !== false;
  return { ...rest, ...(fits ? { weight } : {}), ...(biasFits ? { bias } : {}) };
}

function resized(values: number[] | number[][], width: number): number[] | number[][] {
  const row = (old: number[]) => Array.from({ length: width }, (_, n) => old[n] ?? 0);
  return Array.isArray(values[0]) ? (values as number[][]).map(row) : row(values as number[]);
}

export function withLayer(spec: Spec, n: number, change: Partial<Layer>): Spec {
  const layer = spec.layer.map((each, at) => (at === n ? { ...each, ...change } : each));
  return refitted({ ...spec, layer });
}

/** Adds a hidden layer before the output, like the one before it. */
export function withOneLayerMore(spec: Spec): Spec {
  const hidden = spec.layer.at(-2);
  const added = { units: hidden?.units ?? 4, activation: hidden?.activation ?? "tanh" };
  return refitted({ ...spec, layer: [...spec.layer.slice(0, -1), added, ...spec.layer.slice(-1)] });
}

export function withoutLayer(spec: Spec, n: number): Spec {
  if (spec.layer.length < 2) return spec;
  return refitted({ ...spec, layer: spec.layer.filter((_, at) => at !== n) });
}

export function withNetwork(spec: Spec, change: Partial<Spec["network"]>): Spec {
  return refitted({ ...spec, network: { ...spec.network, ...change } });
}

/** Draws other first weights: by another seed, and none as given in the file. */
export function reseeded(spec: Spec, seed: number): Spec {
  const layer = spec.layer.map(({ weight, bias, ...rest }) => (void [weight, bias], rest));
  return { ...spec, layer, network: { ...spec.network, seed } };
}

/** Freezes a part of a layer, or lets it learn again. */
export function withFrozen(spec: Spec, n: number, part: string, frozen: boolean): Spec {
  const others = (spec.layer[n]?.freeze ?? []).filter((name) => name !== part);
  return withLayer(spec, n, { freeze: frozen ? [...others, part].sort().reverse() : others });
}

/** Takes another optimizer with its usual options, or changes options of this one. */
export function withOptimizer(
  spec: Spec,
  change: { kind?: string } & Record<string, unknown>,
): Spec {
  const now = spec.optimizer ?? { kind: "SGD" };
  const fresh = change.kind !== undefined && change.kind !== now.kind;
  const optimizer = fresh ? { kind: change.kind as string } : { ...now, ...change };
  return { ...spec, optimizer };
}

/** Returns the table of a data set by name; only a set that is drawn takes samples and noise. */
export function namedData(name: string, drawn: boolean, old?: DataTable | null): DataTable {
  const { samples, noise, test, seed } = old ?? {};
  const kept = { ...(test != null ? { test } : {}), ...(seed ? { seed } : {}) };
  const shape = { ...(samples != null ? { samples } : {}), ...(noise != null ? { noise } : {}) };
  return { name, ...kept, ...(drawn && !old?.csv ? shape : {}) };
}

/** Tells whether two specs say the same, whatever the order of their keys. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined && part !== null);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, sorted(part)]),
  );
}
