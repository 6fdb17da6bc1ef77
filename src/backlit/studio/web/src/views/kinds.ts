// Which views suit which data, and what each of them needs from the worker.

import type { Bundle } from "../bundle";
import type { WatchCommand } from "../engine/messages";
import { placement } from "./image";

export type Kind = "boundary" | "fit" | "images" | "curves" | "neurons" | "flow" | "landscape";

const SIDE = 56; // points of a map, along a side
const LINE = 240; // points of a curve

/** Returns the views of a network and its data, the one that says most first. */
export function kinds(bundle: Bundle): Kind[] {
  const { inputs } = bundle.spec.network;
  const first: Kind[] = inputs === 2 ? ["boundary"] : inputs === 1 ? ["fit"] : [];
  if (placement(bundle.table.inputs)) first.push("images");
  const maps: Kind[] = inputs === 2 ? ["neurons"] : [];
  return [...first, "curves", ...maps, "flow", "landscape"];
}

/** Tells which views are open at first. */
export function open(kind: Kind): boolean {
  return kind !== "flow" && kind !== "landscape";
}

/** Returns the quantities that the maps of the neurons show, layer by layer. */
export function neuronMaps(bundle: Bundle): string[] {
  return bundle.spec.layer.map((_, n) => `dense${n + 1}.output`);
}

/** Returns what the worker is to send for the views that can be seen. */
export function wish(bundle: Bundle, visible: ReadonlySet<Kind>): WatchCommand {
  const maps = new Set<string>();
  if (visible.has("boundary") || visible.has("fit")) maps.add("prediction");
  if (visible.has("neurons")) neuronMaps(bundle).forEach((name) => maps.add(name));
  const points = !maps.size ? 0 : bundle.spec.network.inputs === 1 ? LINE : SIDE;
  return { do: "watch", maps: [...maps], points, flow: visible.has("flow") };
}

/** Returns the neuron that an element belongs to, `dense1[0]`; empty if to none. */
export function neuronOf(element: string): string {
  const parts = /^(?:grad\.|new\.)?(dense\d+)\.(?:sum|output|weight|bias)\[(\d+)/.exec(element);
  return parts ? `${parts[1]}[${parts[2]}]` : "";
}
