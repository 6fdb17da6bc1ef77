import { expect, test } from "vitest";
import { toml } from "../../src/share/toml";
import { NEURON } from "../python";

test("a network file has the weights of this moment and the sample", () => {
  const weights = { "dense1.weight": [0.25, -1e-7], "dense1.bias": [3] };
  expect(toml(NEURON, weights, { x: [0.5, 0.8], t: [1] })).toBe(`[network]
inputs = 2
learning_rate = 0.5

[[layer]]
units = 1
activation = "sigmoid"
weight = [[0.25, -1e-7]]
bias = [3]

[sample]
x = [0.5, 0.8]
t = [1]
`);
});

test("a whole number beyond 64 bits is written as a fraction would be", () => {
  const spec = { ...NEURON, network: { ...NEURON.network, learning_rate: 1e20 } };
  const written = toml(spec, {}, { x: [], t: [] });
  expect(written).toContain("learning_rate = 1e+20\n");
});
