import { expect, test } from "vitest";
import { carried, remains } from "../src/carried";
import type { Change } from "../src/engine/trainer";
import { withLayer, withNetwork, withOneLayerMore } from "../src/spec";
import { compiledAll, NEURON, SPIRALS } from "./python";

const { neuron, steeper, others, spirals, deeper, seeded } = compiledAll({
  neuron: NEURON,
  steeper: withLayer(NEURON, 0, { activation: "tanh" }),
  others: { ...NEURON, sample: { x: [1, 2], t: [0] } },
  spirals: SPIRALS,
  deeper: withOneLayerMore(SPIRALS),
  seeded: withNetwork(SPIRALS, { seed: 4 }),
});
const weight: Change = { step: 0, name: "dense1.weight", index: [0, 1], value: 3 };
const input: Change = { step: 0, name: "x", index: [0, 0], value: 1 };

test("a weight and an input stay as they were set when the activation is changed", () => {
  expect(carried([weight, input], neuron, steeper)).toEqual([weight, input]);
});

test("what was set on the way of training belongs to that run", () => {
  const later = { ...weight, step: 7 };
  expect(carried([later, { step: 0, learningRate: 2 }], neuron, steeper)).toEqual([]);
});

test("other samples and other first weights are not changed", () => {
  expect(carried([weight, input], neuron, others)).toEqual([weight]);
  expect(carried([weight], spirals, seeded)).toEqual([]);
});

test("of a deeper network the layers that are the same keep what was set", () => {
  const last: Change = { step: 0, name: "dense3.weight", index: [0, 1], value: 3 };
  expect(carried([weight, last], spirals, deeper)).toEqual([weight]);
});

test("an element remains if the other network has it", () => {
  expect(remains("dense1.weight[7,1]", deeper)).toBe(true);
  expect(remains("grad.dense1.sum[7]", deeper)).toBe(true);
  expect(remains("E", neuron)).toBe(true);
  expect(remains("dense1.weight[7,1]", neuron)).toBe(false);
  expect(remains("dense2.sum[0]", neuron)).toBe(false);
});
