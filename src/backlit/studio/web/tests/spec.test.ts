import { expect, test } from "vitest";
import type { Spec } from "../src/bundle";
import {
  namedData,
  refitted,
  reseeded,
  same,
  withFrozen,
  withLayer,
  withNetwork,
  withOneLayerMore,
  withOptimizer,
  withoutLayer,
} from "../src/spec";
import { NEURON, SPIRALS } from "./python";

const GIVEN: Spec = {
  network: { inputs: 2 },
  layer: [
    { units: 2, activation: "tanh", weight: [[1, 2], [3, 4]], bias: [5, 6] }, // prettier-ignore
    { units: 1, weight: [[7, 8]], bias: [9] },
  ],
  sample: { x: [0.5, 0.8], t: [1] },
};

test("given weights stay where a layer keeps its shape", () => {
  expect(withLayer(GIVEN, 1, { activation: "sigmoid" }).layer[1]?.weight).toEqual([[7, 8]]);
});

test("given weights go where units or inputs are others", () => {
  const { layer } = withLayer(GIVEN, 0, { units: 3 });
  expect(layer.map((l) => [l.weight, l.bias])).toEqual([
    [undefined, undefined],
    [undefined, [9]],
  ]);
});

test("a layer more stands before the output, like the one before it", () => {
  const { layer } = withOneLayerMore(GIVEN);
  expect(layer.map((l) => l.units)).toEqual([2, 2, 1]);
  expect(layer[1]?.activation).toBe("tanh");
});

test("the last layer cannot be removed", () => {
  expect(withoutLayer(NEURON, 0)).toBe(NEURON);
  expect(withoutLayer(GIVEN, 0).layer.map((l) => l.units)).toEqual([1]);
});

test("a sample grows and shrinks with the network", () => {
  const wide = withNetwork(GIVEN, { inputs: 3 });
  expect(wide.sample?.x).toEqual([0.5, 0.8, 0]);
  expect(withLayer(wide, 1, { units: 2 }).sample?.t).toEqual([1, 0]);
  const several: Spec = { ...GIVEN, sample: { x: [[1, 2], [3, 4]], t: [[0], [1]] } }; // prettier-ignore
  expect(withNetwork(several, { inputs: 1 }).sample?.x).toEqual([[1], [3]]);
});

test("a bias that is switched off takes its given values along", () => {
  expect(withLayer(GIVEN, 1, { use_bias: false }).layer[1]?.bias).toBeUndefined();
});

test("reseeding leaves out given weights", () => {
  const { layer, network } = reseeded(GIVEN, 4);
  expect(network.seed).toBe(4);
  expect(layer.some((l) => l.weight ?? l.bias)).toBe(false);
});

test("parts are frozen and let go", () => {
  const frozen = withFrozen(withFrozen(GIVEN, 0, "bias", true), 0, "weight", true);
  expect(frozen.layer[0]?.freeze).toEqual(["weight", "bias"]);
  expect(withFrozen(frozen, 0, "weight", false).layer[0]?.freeze).toEqual(["bias"]);
});

test("another optimizer comes with its usual options", () => {
  const spec = withOptimizer(SPIRALS, { beta1: 0.5 });
  expect(spec.optimizer).toEqual({ kind: "Adam", beta1: 0.5 });
  expect(withOptimizer(spec, { kind: "SGD" }).optimizer).toEqual({ kind: "SGD" });
});

test("another generated set keeps samples and noise, a measured one has none", () => {
  const old = { name: "spirals", samples: 90, noise: 0.2, test: 0.5, seed: 3 };
  expect(namedData("moons", true, old)).toEqual({ ...old, name: "moons" });
  expect(namedData("iris", false, old)).toEqual({ name: "iris", test: 0.5, seed: 3 });
  expect(namedData("moons", true, { name: "mine", csv: "a,b" })).toEqual({ name: "moons" });
});

test("specs are the same whatever the order of keys, and with nothing for null", () => {
  expect(same({ a: 1, b: [{ c: null, d: 2 }] }, { b: [{ d: 2 }], a: 1 })).toBe(true);
  expect(same({ a: 1 }, { a: 2 })).toBe(false);
});

test("refitting what fits changes nothing", () => {
  expect(refitted(GIVEN)).toEqual(GIVEN);
});
