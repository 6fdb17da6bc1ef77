// What Python says: a bundle for a spec, and what the interpreter makes of it.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Bundle, Detail, Spec } from "../src/bundle";

/** A bundle with its detail, as a page without a server has it. */
export type Whole = Bundle & { detail: Detail };

const SCRIPT = fileURLToPath(new URL("oracle.py", import.meta.url));

function ask(what: string, question: object): unknown {
  const python = process.env["PYTHON"] ?? "python";
  const input = JSON.stringify(question);
  const limit = { input, encoding: "utf8", maxBuffer: 2 ** 26 } as const;
  return JSON.parse(execFileSync(python, [SCRIPT, what], limit)) as unknown;
}

export function compiled(spec: Spec): Whole {
  return ask("bundle", spec) as Whole;
}

/** Returns the bundles of several specs by name: starting Python takes the longest. */
export function compiledAll<Name extends string>(specs: Record<Name, Spec>): Record<Name, Whole> {
  const bundles = ask("bundles", Object.values(specs)) as Whole[];
  const names = Object.keys(specs);
  return Object.fromEntries(names.map((name, n) => [name, bundles[n]])) as Record<Name, Whole>;
}

export interface Trained {
  parameters: Record<string, number[]>;
  orders: number[][]; // the order of the samples in each epoch
}

/** Returns what training leaves after some epochs, in float64 by the interpreter. */
export function trained(spec: Spec, epochs: number): Trained {
  return ask("train", { spec, epochs }) as Trained;
}

export interface Pass {
  quantities: Record<string, number[]>;
  gradients: Record<string, number[]>;
  updated: Record<string, number[]>;
}

/** Returns every quantity of a pass over the first samples. */
export function passed(spec: Spec, rows: number): Pass {
  return ask("pass", { spec, rows }) as Pass;
}

export const NEURON: Spec = {
  network: { inputs: 2, learning_rate: 0.5 },
  layer: [{ units: 1, activation: "sigmoid", weight: [[0.4, -0.6]], bias: [0.1] }],
  sample: { x: [0.5, 0.8], t: [1] },
};

export const SPIRALS: Spec = {
  network: { inputs: 2, loss: "binary_cross_entropy_with_logits", learning_rate: 0.01, seed: 3 },
  layer: [{ units: 8, activation: "tanh" }, { units: 8, activation: "tanh" }, { units: 1 }],
  data: { name: "spirals", samples: 90, seed: 1 },
  optimizer: { kind: "Adam" },
  batch_size: 16,
};

/** Returns numbers with so many digits, and with those that show them. */
export function printed(numbers: [number, number][]): [string, string][] {
  return ask("numbers", { numbers }) as [string, string][];
}

/** An element as it is explained, each line as text. */
export interface Explained {
  locals: string[];
  rule: string;
  numbers: string;
  forward?: string;
  update?: string;
}

export function explained(spec: Spec, rows: number, names: string[]): Explained[] {
  return ask("explained", { spec, rows, names }) as Explained[];
}
