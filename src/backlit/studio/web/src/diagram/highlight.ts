// Which parts of a picture belong to an element, and which to the operation just done.

import type { DiagramLine, DiagramNode, Picture, Stage } from "../bundle";
import { meant } from "./pick";
import { split } from "./scene";

/** For each node and line: 2 if it is meant itself, 1 if it touches that, else 0. */
export interface Lit {
  nodes: number[];
  lines: number[];
}

const base = (name = "") => name.split("[")[0] ?? "";

const PREFIX = /^(grad|new|slope)\./;

/** Returns an element's name without what is asked of it: its gradient, its new value. */
export function plain(name: string): string {
  return name.replace(PREFIX, "");
}

/** Returns the elements at both ends of a line: what it comes from and what it goes to. */
export function ends(line: DiagramLine): string[] {
  if (line.of) return [line.by ?? "", line.of];
  const { name, index } = split(line.name ?? "");
  const found = /^dense(\d+)\.(weight|bias)$/.exec(name);
  if (!found) return [];
  const depth = Number(found[1]);
  const target = `dense${depth}.sum[${index[0]}]`;
  if (found[2] === "bias") return [line.name ?? "", target];
  const before = depth > 1 ? `dense${depth - 1}.output` : "x";
  return [`${before}[${index[1]}]`, target];
}

/** Tells whether a node stands for an element; one of a network is both Σ and output. */
function stands(node: DiagramNode, element: string): boolean {
  if (node.name === element) return true;
  return node.role === "neuron" && node.name === element.replace(".sum[", ".output[");
}

/** Tells whether a fold is where an element would be drawn. */
function hides(node: DiagramNode, element: string): boolean {
  return node.role === "fold" && base(node.name) === base(element.replace(".sum[", ".output["));
}

export function lit(picture: Picture, name: string): Lit {
  const element = plain(name);
  const touched = new Set([element, twin(element)]);
  const back = name.startsWith("grad.");
  const drawn = picture.nodes.some((node) => stands(node, element));
  const marked = (node: DiagramNode) => (drawn ? stands(node, element) : hides(node, element));
  return {
    nodes: picture.nodes.map((node) => (element && marked(node) ? 2 : 0)),
    lines: picture.lines.map((line) => {
      if (!element || line.folded) return 0;
      if (meant(line) === element && !(back && line.kind === "forward")) return 2;
      return ends(line).some((end) => touched.has(end)) ? 1 : 0;
    }),
  };
}

function twin(element: string): string {
  if (element.includes(".sum[")) return element.replace(".sum[", ".output[");
  return element.replace(".output[", ".sum[");
}

export interface Active {
  nodes: boolean[];
  lines: boolean[];
}

/** Returns what the operation just done has worked out. */
export function active(picture: Picture, stage: Stage | undefined): Active {
  const name = stage?.name ?? "";
  const quantity = plain(name);
  const [layer = "", part = ""] = quantity.split(".");
  const own = (node: DiagramNode) =>
    base(node.name) === quantity ||
    (node.role === "neuron" && base(node.name) === `${layer}.output` && part === "sum") ||
    (node.role === "activation" && part === "output" && stage?.phase === "forward");
  const flows = (line: DiagramLine): boolean => {
    if (line.folded || !stage) return false;
    const backward = stage.phase === "backward";
    if ((line.kind === "backward") !== backward) return false;
    if (backward) return base(meant(line)) === quantity || base(ends(line)[0]) === quantity;
    if (stage.phase === "update") return base(line.name) === quantity;
    return part === "sum" && base(ends(line)[1]) === quantity;
  };
  return {
    nodes: picture.nodes.map((node) => !!stage && own(node)),
    lines: picture.lines.map(flows),
  };
}
