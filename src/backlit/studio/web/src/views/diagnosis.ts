// What is wrong with the flow of the gradient, in words: which layer, how many units, why.
//
// Layers are measured against the last one, so that a network which has learnt its task, and
// whose gradients are therefore small everywhere, gives no alarm.

import type { Bundle } from "../bundle";
import type { Flow, LayerFlow } from "../engine/flow";
import { shown } from "../numbers";
import { text } from "../text";

export const VANISHING = 1 / 100; // of the last layer's gradient
export const EXPLODING = 1000; // times the last layer's gradient
export const LEARNT = 1 / 100; // of the last layer's gradient: predictions are as near as that
export const ENDLESS = 1e9; // no gradient of scaled data is as long: training has diverged
const MANY = 0.5; // share of a layer's units: from here on it is a warning

export interface Finding {
  kind:
    "vanishing" | "exploding" | "dead" | "saturated" | "blocked" | "endless" | "still" | "learnt";
  warning: boolean; // else worth knowing, but no harm
  layer: number; // from 1
  said: string;
}

/** Returns how large each layer's gradient is, relative to the last one's. */
export function relative(flow: Flow): number[] {
  const last = flow.layers.at(-1)?.gradient ?? 0;
  return flow.layers.map((layer) => (last ? layer.gradient / last : NaN));
}

export function findings(flow: Flow, bundle: Bundle): Finding[] {
  const endless = flow.layers.findIndex((layer) => !(layer.gradient < ENDLESS));
  if (endless >= 0) return [said("endless", endless + 1, true, {})];
  const last = flow.layers.at(-1);
  if (!last?.gradient && !last?.arriving) return [said("still", flow.layers.length, false, {})];
  if (learnt(flow))
    return [said("learnt", flow.layers.length, false, {}), ...deadOnly(flow, bundle)];
  const units = flow.layers.flatMap((layer, n) => unitsOf(layer, n + 1, flow, bundle));
  return [...sizes(flow), ...units];
}

/** Tells whether the last layer's sums are where they should be, and not just stuck. */
function learnt(flow: Flow): boolean {
  const last = flow.layers.at(-1);
  return (
    last !== undefined &&
    last.gradient > 0 &&
    last.gradient < LEARNT &&
    !last.saturated &&
    !last.dead
  );
}

function deadOnly(flow: Flow, bundle: Bundle): Finding[] {
  const found = flow.layers.flatMap((layer, n) => unitsOf(layer, n + 1, flow, bundle));
  return found.filter((finding) => finding.kind === "dead").map((f) => ({ ...f, warning: false }));
}

function sizes(flow: Flow): Finding[] {
  const size = relative(flow);
  const found: Finding[] = [];
  const blocked = flow.layers.findLastIndex((layer) => layer.gradient === 0);
  if (blocked >= 0) found.push(said("blocked", blocked + 1, true, {}));
  const some = size.map((share) => share || Infinity); // none at all was told above
  const faint = some.indexOf(Math.min(...some));
  if ((some[faint] ?? 1) < VANISHING)
    found.push(sized("vanishing", faint, 1 / (size[faint] ?? 1), flow));
  const loud = size.indexOf(Math.max(...size));
  if ((size[loud] ?? 1) > EXPLODING) found.push(sized("exploding", loud, size[loud] ?? 1, flow));
  return found;
}

function sized(kind: "vanishing" | "exploding", place: number, times: number, flow: Flow): Finding {
  const last = String(flow.layers.length);
  return said(kind, place + 1, true, { times: shown(Number(times.toPrecision(2)), 2), last });
}

function unitsOf(layer: LayerFlow, number: number, flow: Flow, bundle: Bundle): Finding[] {
  const activation = bundle.spec.layer[number - 1]?.activation ?? "linear";
  const words = {
    units: String(layer.units),
    rows: String(flow.rows),
    activation,
  };
  const found: Finding[] = [];
  if (layer.dead) {
    const why = layer.silent ? text.views.flow.silent : text.views.flow.slopeless;
    const rest = { ...words, ...counted(layer.dead), why: filled(why, words) };
    found.push(said("dead", number, layer.dead >= MANY * layer.units, rest));
  }
  if (layer.saturated) {
    const rest = { ...words, ...counted(layer.saturated) };
    found.push(said("saturated", number, layer.saturated >= MANY * layer.units, rest));
  }
  return found;
}

function counted(count: number): { count: string; are: string } {
  return { count: String(count), are: text.views.flow.are[count === 1 ? 0 : 1] ?? "" };
}

function said(
  kind: Finding["kind"],
  layer: number,
  warning: boolean,
  words: Record<string, string>,
): Finding {
  const rest = { ...words, layer: String(layer) };
  return { kind, layer, warning, said: filled(text.views.flow[kind], rest) };
}

export function filled(pattern: string, words: Record<string, string>): string {
  return pattern.replace(/\{(\w+)\}/g, (gap, name: string) => words[name] ?? gap);
}
