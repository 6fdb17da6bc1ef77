// What is looked at: the network, with a layer opened or not, one neuron, or a formula.

import type { DiagramLine, Near, Opening, Picture } from "../bundle";

export type View =
  | { zoom: "network"; open: string } // the name of the fold that is opened, or none
  | { zoom: "neuron"; layer: string; number: number }
  | { zoom: "formula"; name: string; from: View };

export const WHOLE: View = { zoom: "network", open: "" };

/** Returns the picture of a view; a formula is shown in that which it was opened from. */
export function scene(picture: Picture, near: Near | undefined, view: View): Picture {
  if (view.zoom === "formula") return scene(picture, near, view.from);
  if (view.zoom === "network") return opened(picture, near?.openings[view.open]);
  const neuron = near?.neurons[view.layer];
  return neuron ? numbered(neuron, view.number) : picture;
}

function opened(picture: Picture, opening: Opening | undefined): Picture {
  if (!opening) return picture;
  const { more, without } = opening;
  const [nodes, lines, texts] = without.map((places) => new Set(places));
  return {
    width: more.width,
    height: more.height,
    nodes: [...picture.nodes.filter((_, n) => !nodes?.has(n)), ...more.nodes],
    lines: [...picture.lines.filter((_, n) => !lines?.has(n)), ...more.lines],
    texts: [...picture.texts.filter((_, n) => !texts?.has(n)), ...more.texts],
  };
}

const SMALL = "₀₁₂₃₄₅₆₇₈₉";

/** Fills the number of a neuron, from 0, into the drawing of its layer. */
export function numbered(picture: Picture, number: number): Picture {
  const small = [...String(number + 1)].map((digit) => SMALL[Number(digit)]).join("");
  const written = (narrow: string, wide = "") =>
    (number > 8 && wide ? wide : narrow).replaceAll("{k}", small);
  const fill = (part: unknown): unknown => {
    if (part === "k") return number;
    if (typeof part === "string")
      return part.includes("[") ? part.replace(/\bk\b/, String(number)) : part;
    if (Array.isArray(part)) return part.map(fill);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, fill(value)]));
  };
  const filled = fill(picture) as Picture;
  for (const node of filled.nodes) node.symbol = written(node.symbol, node.wide);
  for (const slot of filled.texts) slot.text = written(slot.text, slot.wide);
  return filled;
}

/** Splits `dense1.weight[0,1]` into its name and its place. */
export function split(name: string): { name: string; index: number[] } {
  const [base = "", rest = ""] = name.split("[");
  return { name: base, index: rest ? rest.slice(0, -1).split(",").map(Number) : [] };
}

/** Returns the neuron that a quantity belongs to, if it is one of a layer of several. */
export function neuronOf(near: Near | undefined, name: string): View | undefined {
  const found = /^(?:grad\.|slope\.|new\.)?(dense\d+)\.(?:sum|output)\[(\d+)\]$/.exec(name);
  const [, layer = "", number = ""] = found ?? [];
  return near?.neurons[layer] ? { zoom: "neuron", layer, number: Number(number) } : undefined;
}

/** Returns the end of a line, from which its arrowhead points, and the point before it. */
export function tail(line: DiagramLine): { before: [number, number]; end: [number, number] } {
  const numbers = line.path.match(/-?[\d.]+/g)?.map(Number) ?? [];
  const [a = 0, b = 0, x = 0, y = 0] = numbers.slice(-4);
  return { before: [a, b], end: [x, y] };
}
