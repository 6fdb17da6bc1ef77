// The diagram as a tree, for screen readers and keyboards: layers, neurons, weights.
// A branch is made when it is opened, so that a wide network costs nothing.

import type { Bundle } from "../bundle";
import { shown } from "../numbers";
import type { Studio } from "../studio.svelte";
import { text } from "../text";
import { dues } from "./reading";
import { split } from "./scene";

export interface Branch {
  id: string;
  words: string;
  /** The element whose value and gradient are told, if it is one. */
  element: string;
  children: () => Branch[];
}

export interface Row extends Branch {
  level: number;
  size: number; // of its branch
  place: number; // in it, from 1
  expanded: boolean | undefined; // undefined: a leaf
}

const words = text.diagram;
const NONE = (): Branch[] => [];

export function fillIn(pattern: string, facts: Record<string, string | number>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ""));
}

function leaf(element: string, said: string): Branch {
  return { id: element, words: said, element, children: NONE };
}

function count(length: number, make: (n: number) => Branch): Branch[] {
  return Array.from({ length }, (_, n) => make(n));
}

/** Returns an input by its number and, if the table has one, its name. */
function input(bundle: Bundle, n: number): string {
  const name = bundle.table.inputs[n] ?? "";
  const plain = !name || name === `x${n + 1}`;
  return fillIn(plain ? words.inputNamed : words.inputOf, { n: n + 1, name });
}

export function roots(bundle: Bundle): Branch[] {
  const { network, layer } = bundle.spec;
  const outputs = layer.at(-1)?.units ?? 1;
  return [
    branch("inputs", words.inputs, () =>
      count(network.inputs, (n) => leaf(`x[${n}]`, input(bundle, n))),
    ),
    ...layer.map(({ units, activation = "linear" }, n) => {
      const said = fillIn(words.layerOf, { n: n + 1, units, activation });
      return branch(`layer ${n + 1}`, said, () => count(units, (k) => neuron(bundle, n + 1, k)));
    }),
    branch("targets", words.targets, () =>
      count(outputs, (n) => leaf(`t[${n}]`, fillIn(words.target, { n: n + 1 }))),
    ),
    leaf("E", words.error),
  ];
}

function branch(id: string, said: string, children: () => Branch[]): Branch {
  return { id, words: said, element: "", children };
}

function neuron(bundle: Bundle, depth: number, k: number): Branch {
  const layer = `dense${depth}`;
  const output = `${layer}.output[${k}]`;
  const before =
    depth > 1 ? (bundle.spec.layer[depth - 2]?.units ?? 0) : bundle.spec.network.inputs;
  const source = (n: number) =>
    depth > 1 ? fillIn(words.neuronOnly, { n: n + 1 }) : input(bundle, n);
  return {
    id: output,
    words: fillIn(words.neuronOnly, { n: k + 1 }),
    element: output,
    children: () => [
      ...count(before, (n) =>
        leaf(`${layer}.weight[${k},${n}]`, fillIn(words.weight, { source: source(n) })),
      ),
      ...(`${layer}.bias` in bundle.first ? [leaf(`${layer}.bias[${k}]`, words.bias)] : []),
      leaf(`${layer}.sum[${k}]`, words.sum),
    ],
  };
}

/** Returns the rows of the branches that are open, in order. */
export function rows(branches: Branch[], open: ReadonlySet<string>, level = 1): Row[] {
  return branches.flatMap((one, n) => {
    const inner = one.children === NONE ? undefined : open.has(one.id);
    const row: Row = { ...one, level, size: branches.length, place: n + 1, expanded: inner };
    return inner ? [row, ...rows(one.children(), open, level + 1)] : [row];
  });
}

/** Returns the branches above an element, so that it can be shown. */
export function above(element: string): string[] {
  const { name, index } = split(element);
  const found = /^dense(\d+)\.(\w+)$/.exec(name);
  if (!found) return name === "x" ? ["inputs"] : name === "t" ? ["targets"] : [];
  const layer = `layer ${found[1]}`;
  return found[2] === "output" ? [layer] : [layer, `dense${found[1]}.output[${index[0]}]`];
}

/** Says an element's value and gradient. */
export function said(studio: Studio, element: string): string {
  if (!element || !studio.frame) return "";
  if (studio.frame.running) return words.changing;
  const { name, index } = split(element);
  const due = dues(studio.bundle);
  const stage = studio.frame.stage;
  const known = (quantity: string) => quantity in studio.bundle.layout && due(quantity) <= stage;
  const number = (quantity: string) => shown(studio.value([quantity, ...index]), 4);
  if (!known(name)) return words.later;
  const value = fillIn(words.value, { value: number(name) });
  const gradient = `grad.${name}`;
  if (name === "E" || !known(gradient)) return value;
  return `${value}, ${fillIn(words.gradient, { gradient: number(gradient) })}`;
}

/** Names an element in words: weight from input 2, layer 1, neuron 3. */
export function called(bundle: Bundle, element: string): string {
  const { name, index } = split(element);
  const all = rows(roots(bundle), new Set(above(element)));
  const own = all.find((row) => row.element === element)?.words ?? element;
  const layer = /^dense(\d+)\./.exec(name)?.[1];
  if (!layer || name.endsWith(".output"))
    return layer ? fillIn(words.neuron, { layer, number: (index[0] ?? 0) + 1 }) : own;
  return `${own}, ${fillIn(words.neuron, { layer, number: (index[0] ?? 0) + 1 })}`;
}
