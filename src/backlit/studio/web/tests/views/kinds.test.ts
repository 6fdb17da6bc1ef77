import { describe, expect, test } from "vitest";
import type { Bundle } from "../../src/bundle";
import { kinds, neuronOf, wish, type Kind } from "../../src/views/kinds";

function bundle(inputs: string[]): Bundle {
  const spec = { network: { inputs: inputs.length }, layer: [{ units: 3 }, { units: 1 }] };
  return { spec, table: { inputs } } as unknown as Bundle;
}

const pixels = Array.from({ length: 16 }, (_, n) => `pixel_${n >> 2}_${n % 4}`);

describe("the views", () => {
  test.each<[string, string[], Kind]>([
    ["two inputs", ["a", "b"], "boundary"],
    ["one input", ["a"], "fit"],
    ["an image", pixels, "images"],
    ["several inputs", ["a", "b", "c"], "curves"],
  ])("of %s begin with what says most", (_, inputs, first) => {
    expect(kinds(bundle(inputs))[0]).toBe(first);
  });

  test("ask for nothing that cannot be seen", () => {
    const two = bundle(["a", "b"]);
    expect(wish(two, new Set())).toEqual({ do: "watch", maps: [], points: 0, flow: false });
    expect(wish(two, new Set<Kind>(["curves", "flow"]))).toMatchObject({ maps: [], flow: true });
    expect(wish(two, new Set<Kind>(["boundary"])).maps).toEqual(["prediction"]);
    expect(wish(two, new Set<Kind>(["neurons"])).maps).toEqual(["dense1.output", "dense2.output"]);
  });

  test("know the neuron of an element", () => {
    expect(neuronOf("dense2.weight[3,1]")).toBe("dense2[3]");
    expect(neuronOf("grad.dense1.sum[0]")).toBe("dense1[0]");
    expect(neuronOf("x[1]")).toBe("");
    expect(neuronOf("")).toBe("");
  });
});
