// A network file of what is shown: the network with the weights of this moment.

import type { Layer, Spec } from "../bundle";
import type { Studio } from "../studio.svelte";

type Value = string | number | boolean | readonly Value[];
type Weights = Record<string, number[]>;

export interface Sample {
  x: number[];
  t: number[];
}

export async function networkFile(studio: Studio): Promise<string> {
  const { bundle, spec } = studio;
  const row = (name: string) => {
    const width = bundle.layout[name]?.shape.at(-1) ?? 0;
    return Array.from({ length: width }, (_, n) => studio.value([name, n]));
  };
  const sample = { x: row("x"), t: row("t") };
  return toml(spec, await studio.engine.ask({ of: "parameters" }), sample);
}

/** Returns the text of a network file. */
export function toml(spec: Spec, weights: Weights, sample: Sample): string {
  let width = spec.network.inputs;
  const layers = spec.layer.map((layer, n) => {
    const table = layerTable(layer, `dense${n + 1}`, width, weights);
    width = layer.units;
    return table;
  });
  const { inputs, loss, learning_rate, seed, l1, l2 } = spec.network;
  const head = lines("[network]", { inputs, loss, learning_rate, seed, l1, l2 });
  return [head, ...layers, lines("[sample]", { ...sample })].join("\n");
}

function layerTable(layer: Layer, name: string, width: number, weights: Weights): string {
  const { units, activation, use_bias, freeze } = layer;
  const flat = weights[`${name}.weight`] ?? [];
  const weight = Array.from({ length: units }, (_, n) => flat.slice(n * width, (n + 1) * width));
  const bias = weights[`${name}.bias`];
  return lines("[[layer]]", { units, activation, use_bias, freeze, weight, bias });
}

function lines(head: string, entries: Record<string, Value | undefined>): string {
  const said = Object.entries(entries).filter(([, value]) => value !== undefined);
  return [head, ...said.map(([name, value]) => `${name} = ${written(value as Value)}`), ""].join(
    "\n",
  );
}

function written(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value === "number" && !Number.isFinite(value))
    return String(value).toLowerCase().replace("infinity", "inf");
  // A whole number of TOML has 64 bits; this one is written as a fraction would be.
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return value.toExponential();
  return JSON.stringify(value);
}
