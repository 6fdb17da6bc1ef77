import { describe, expect, test } from "vitest";
import type { Spec } from "../../src/bundle";
import { Engine } from "../../src/engine/engine";
import {
  chain,
  forward,
  locals,
  oneStep,
  updates,
  written as shownOf,
  type Line,
  type Term,
} from "../../src/why/derivation";
import { found } from "../../src/why/element";
import { latex } from "../../src/why/latex";
import { moment, type Moment } from "../../src/why/moment";
import { links, share } from "../../src/why/ways";
import { compiled, explained, NEURON, SPIRALS, type Explained, type Whole } from "../python";

const LAYERS: Spec = {
  network: { inputs: 2, loss: "half_sse", learning_rate: 0.5, seed: 2 },
  layer: [
    { units: 3, activation: "softmax" },
    { units: 2, activation: "leaky_relu" },
  ],
  sample: { x: [0.05, -0.1], t: [0.01, 0.99] },
};
const WIDE: Spec = {
  network: { inputs: 12, loss: "cross_entropy", learning_rate: 0.1, seed: 5 },
  layer: [{ units: 10, activation: "tanh" }, { units: 9 }],
  sample: {
    x: Array.from({ length: 12 }, (_, n) => Math.sin(n)),
    t: Array.from({ length: 9 }, (_, n) => Number(n === 4)),
  },
};
const BATCH: Spec = {
  network: { inputs: 2, loss: "mse", learning_rate: 0.1, seed: 3, l2: 0.1 },
  layer: [{ units: 2, activation: "tanh" }, { units: 1 }],
  sample: {
    x: [
      [0.5, 0.8],
      [-1, 0.25],
      [2, -3],
    ],
    t: [[1], [0], [0.5]],
  },
  batch_size: 3,
  shuffle: false,
};

/** Returns the moment at which a whole pass and its update are done. */
function after(bundle: Whole, stage = bundle.stages.length): Moment {
  const engine = new Engine(bundle);
  engine.stage = stage;
  return moment(bundle, bundle.detail.rules, engine.frame(), 0);
}

const joined = (side: Term[]) => side.map((term) => term.text).join("");

function written(line: Line): string {
  return [line.left.text, ...line.sides.map(joined)].join(" = ");
}

function same(said: Line | undefined, wanted: string): void {
  expect(said && written(said).replace(" = ", ` ${said.sign} `)).toBe(wanted);
}

/** Holds what the page writes of an element against its explanation. */
function compare(name: string, wanted: Explained, now: Moment): void {
  const element = found(name, now);
  if (!element) throw new Error(`there is no ${name}`);
  if (wanted.forward) same(forward(element, now), wanted.forward);
  if (wanted.update) same(updates(element, now)[0], wanted.update);
  const rule = oneStep(element, now);
  const [left, symbols = ""] = wanted.rule.split(" = ");
  expect([rule?.left.text, joined(rule?.sides[0] ?? [])]).toEqual([left, symbols]);
  const numbers = wanted.numbers.split(" = ").slice(1);
  expect(rule?.sides.slice(-numbers.length).map(joined)).toEqual(numbers);
}

function compareAll(spec: Spec, rows: number, names: string[]): void {
  const now = after(compiled(spec));
  explained(spec, rows, names).forEach((wanted, n) => {
    compare(names[n] ?? "", wanted, now);
  });
}

describe("what the page writes is what Python explains", () => {
  test("of the lesson's neuron, line by line", () => {
    compareAll(NEURON, 1, ["dense1.weight[0,0]", "dense1.bias[0]", "dense1.sum[0]", "x[1]"]);
  });

  test("of layers, softmax among them", () => {
    compareAll(LAYERS, 1, ["dense1.weight[2,1]", "dense1.output[1]", "dense2.sum[0]", "x[0]"]);
  });

  test("of the elements that a local derivative of softmax leads to", () => {
    const now = after(compiled(LAYERS));
    const element = found("dense1.sum[1]", now);
    const lines = element ? locals(element, now).map(written) : [];
    expect(lines).toEqual(explained(LAYERS, 1, ["dense1.sum[1]"])[0]?.locals);
  });

  test("of wide layers, whose long sums show their largest terms", () => {
    compareAll(WIDE, 1, ["dense1.weight[9,11]", "dense1.output[2]", "dense2.bias[3]"]);
  });

  test("of a batch, over which the gradient of a weight adds up", () => {
    compareAll(BATCH, 3, ["dense2.weight[0,1]", "dense1.bias[1]"]);
  });
});

test("a weight of the neuron has its whole path, as in the explanation of a weight", () => {
  const now = after(compiled(NEURON));
  const element = found("dense1.weight[0,1]", now);
  const line = element && chain(element, now);
  expect(line && written(line)).toBe(
    "∂E/∂w₂ = ∂E/∂y · ∂y/∂Σ · ∂Σ/∂w₂ = (−1.08975778) · 0.247985885 · 0.8 = −0.216195639",
  );
});

test("terms stand for what is drawn, and lead on", () => {
  const now = after(compiled(LAYERS));
  const element = found("dense1.output[1]", now);
  const [symbols = []] = (element && chain(element, now)?.sides) ?? [];
  const terms = symbols.filter((term) => term.element);
  expect(terms.map((term) => term.element)).toEqual([
    "dense2.sum[0]",
    "dense2.weight[0,1]",
    "dense2.sum[1]",
    "dense2.weight[1,1]",
  ]);
  expect(terms[0]?.next).toEqual({ name: "dense2.sum", index: [0] });
});

test("what is not worked out yet is not shown", () => {
  const bundle = compiled(NEURON);
  const at = (name: string) => bundle.stages.findIndex((stage) => stage.name === name);
  const now = after(bundle, at("grad.dense1.sum"));
  const element = found("dense1.weight[0,1]", now);
  const line = element && chain(element, now);
  expect(line?.known).toBe(false);
  expect(line?.sides.map(joined)).toEqual(["∂E/∂y · ∂y/∂Σ · ∂Σ/∂w₂"]);
});

test("a derivation is copied as LaTeX", () => {
  const now = after(compiled(NEURON));
  const element = found("dense1.weight[0,1]", now);
  const line = element && chain(element, now);
  const source = latex(line ? [line] : []);
  expect(source).toContain(String.raw`\begin{align*}`);
  expect(source).toContain(String.raw`\frac{\partial E}{\partial w_{2}} &= \frac{\partial E}`);
  expect(source).toContain(String.raw`&= (-1.08975778) \cdot 0.247985885 \cdot 0.8`);
});

test("the terms of a batch's sum stand in the order of their samples", () => {
  const now = after(compiled(SPIRALS));
  const all = links({ name: "dense1.bias", index: [0] }, now);
  const shown = shownOf(all);
  expect(shown).toEqual(all.filter((one) => shown.includes(one)));
  const least = Math.min(...shown.map((one) => Math.abs(share(one))));
  const left = all.filter((one) => !shown.includes(one));
  expect(left.length).toBe(all.length - 4);
  for (const one of left) expect(Math.abs(share(one))).toBeLessThanOrEqual(least);
});
