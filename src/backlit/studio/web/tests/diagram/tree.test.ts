import { describe, expect, test } from "vitest";
import { above, called, roots, rows } from "../../src/diagram/tree";
import { compiled, NEURON } from "../python";
import { LAYERS } from "./specs";

const layers = compiled(LAYERS);

describe("the tree of a network", () => {
  test("has inputs, layers, targets and the error", () => {
    const found = rows(roots(layers), new Set());
    expect(found.map((row) => row.words)).toEqual([
      "Inputs",
      "Layer 1: 8 tanh",
      "Layer 2: 8 tanh",
      "Layer 3: 1 linear",
      "Targets",
      "error E",
    ]);
    expect(found.map((row) => row.expanded)).toEqual([
      ...Array.from({ length: 5 }, () => false),
      undefined,
    ]);
  });

  test("holds every weight and bias under its neuron", () => {
    const element = "dense2.weight[3,7]";
    const found = rows(roots(layers), new Set(above(element)));
    const row = found.find((one) => one.element === element);
    expect(row).toMatchObject({ level: 3, words: "weight from neuron 8", place: 8, size: 10 });
    expect(found.filter((one) => one.level === 2)).toHaveLength(8);
  });

  test("says how large each branch is", () => {
    const found = rows(roots(layers), new Set(["inputs"]));
    expect(found.filter((row) => row.level === 2).map((row) => [row.place, row.size])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });
});

test("an element is called by what it is and where", () => {
  expect(called(layers, "dense1.bias[2]")).toBe("bias, Layer 1, neuron 3");
  expect(called(layers, "dense2.output[0]")).toBe("Layer 2, neuron 1");
  expect(called(compiled(NEURON), "x[1]")).toBe("input 2");
});
