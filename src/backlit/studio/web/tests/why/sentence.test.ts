import { expect, test } from "vitest";
import type { Spec } from "../../src/bundle";
import { Engine } from "../../src/engine/engine";
import { text } from "../../src/text";
import { joined } from "../../src/why/derivation";
import { moment } from "../../src/why/moment";
import { said, type Said } from "../../src/why/sentence";
import { compiled, NEURON, type Whole } from "../python";

const LINEAR: Spec = {
  network: { inputs: 2, loss: "mse", learning_rate: 0.1, seed: 3 },
  layer: [{ units: 3, activation: "tanh" }, { units: 1 }],
  sample: { x: [0.5, -1], t: [0.25] },
  optimizer: { kind: "SGD", momentum: 0.9 },
};
const neuron = compiled(NEURON);
const linear = compiled(LINEAR);

/** Returns what is said when the operation of a name has just been done. */
function after(bundle: Whole, name: string, selected = ""): Said {
  const engine = new Engine(bundle);
  const at = bundle.stages.findIndex((stage) => stage.name === name);
  engine.stage = at + 1;
  const count = (of: string) => (bundle.first[of] ?? [0]).length;
  return said(
    bundle.stages[at],
    selected,
    count,
    moment(bundle, bundle.detail.rules, engine.frame(), 0),
  );
}

function formula({ line }: Said): string {
  return line ? [line.left.text, ...line.sides.map(joined)].join(" = ") : "";
}

test("each operation of the neuron is told with its formula and its numbers", () => {
  const tanh = ["dense1.sum", "dense1.output", "E", "grad.dense1.output", "grad.dense1.sum"];
  expect(tanh.map((name) => formula(after(neuron, name)))).toEqual([
    "Σ = w₁ · x₁ + w₂ · x₂ + b = 0.4 · 0.5 + (−0.6) · 0.8 + 0.1 = −0.18",
    "y = σ(Σ) = σ(−0.18) = 0.455121108",
    "E = (y − t)² = (0.455121108 − 1)² = 0.296893007",
    "∂E/∂y = 2 · (y − t) = 2 · (0.455121108 − 1) = −1.08975778",
    "∂E/∂Σ = ∂E/∂y · ∂y/∂Σ = (−1.08975778) · 0.247985885 = −0.270244549",
  ]);
});

test("of several elements the selected one is told of, else the first", () => {
  const first = after(neuron, "grad.dense1.weight");
  expect(first.one).toEqual({ element: "w₁", count: 2 });
  const asked = after(neuron, "grad.dense1.weight", "dense1.weight[0,1]");
  expect(asked.one?.element).toBe("w₂");
});

test("a linear layer has no activation to go through", () => {
  expect(after(linear, "dense2.output").words).toBe(text.sentence.same);
  expect(after(linear, "grad.dense2.output").words).toBe(text.sentence.backOutput);
  expect(formula(after(linear, "grad.dense2.output"))).toMatch(/2 · \(Σ⁽²⁾ − t\) = .* = /);
  expect(after(linear, "grad.dense2.sum").words).toBe(text.sentence.backSame);
});

test("an optimizer's state moves first", () => {
  const state = after(linear, "new.state.velocity.dense1.bias");
  expect(state.words).toBe(text.sentence.state);
  expect(formula(state)).toMatch(/^v′ = 0.9 · v − η · ∂E\/∂b⁽¹⁾₁ = /);
  expect(formula(after(linear, "new.dense1.bias"))).toMatch(/^b⁽¹⁾₁ = b⁽¹⁾₁ \+ v′ = /);
});

test("before anything is done there is no formula", () => {
  const engine = new Engine(neuron);
  engine.stage = 0;
  const none = said(undefined, "", () => 1, moment(neuron, neuron.detail.rules, engine.frame(), 0));
  expect([none.words, none.line]).toEqual([text.sentence.start, undefined]);
});
