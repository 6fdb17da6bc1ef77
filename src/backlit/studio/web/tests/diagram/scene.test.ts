import { describe, expect, test } from "vitest";
import { neuronOf, scene, split, tail, WHOLE } from "../../src/diagram/scene";
import { compiled, NEURON } from "../python";
import { WIDE } from "./specs";

const wide = compiled(WIDE);
const neuron = compiled(NEURON);
const names = (picture: { nodes: { name: string }[] }) => picture.nodes.map((node) => node.name);

describe("a layer opened", () => {
  const opened = scene(wide.picture, wide.detail, { zoom: "network", open: "dense1.output[3]" });

  test("shows all its neurons and every weight into them", () => {
    for (let k = 0; k < 12; k++) expect(names(opened)).toContain(`dense1.output[${k}]`);
    const weights = opened.lines.filter((line) => line.kind === "forward").map((line) => line.name);
    for (let k = 0; k < 12; k++)
      for (let n = 0; n < 3; n++) expect(weights).toContain(`dense1.weight[${k},${n}]`);
  });

  test("leaves all other nodes in their places", () => {
    const before = wide.picture.nodes.filter(
      (node) => !/^dense[12]\.(output|bias)/.test(node.name),
    );
    for (const node of before) expect(opened.nodes).toContainEqual(node);
  });

  test("is the whole picture until it has been read", () => {
    const view = { zoom: "network", open: "dense1.output[3]" } as const;
    expect(scene(wide.picture, undefined, view)).toBe(wide.picture);
  });

  test("is closed by looking at the whole", () => {
    expect(scene(wide.picture, wide.detail, WHOLE)).toBe(wide.picture);
  });
});

describe("a neuron from near", () => {
  test("has its own names, references and symbols", () => {
    const near = scene(wide.picture, wide.detail, { zoom: "neuron", layer: "dense1", number: 4 });
    expect(names(near)).toContain("dense1.sum[4]");
    expect(near.nodes.map((node) => node.symbol)).toContain("h⁽¹⁾₅");
    expect(near.lines.map((line) => line.name)).toContain("dense2.weight[7,4]");
    expect(near.texts.map((slot) => slot.value)).toContainEqual(["dense1.weight", 4, 2]);
    expect(JSON.stringify(near)).not.toMatch(/\[[^\]]*\bk\b/);
  });

  test("has a comma between its indices where one has two digits", () => {
    const near = scene(wide.picture, wide.detail, { zoom: "neuron", layer: "dense1", number: 11 });
    expect(near.texts.map((slot) => slot.text)).toContain("w⁽¹⁾₁₂,₁ = {}");
  });

  test("is what zooming in on it leads to, unless it is alone", () => {
    const view = { zoom: "neuron", layer: "dense2", number: 3 };
    expect(neuronOf(wide.detail, "dense2.output[3]")).toEqual(view);
    expect(neuronOf(wide.detail, "grad.dense2.sum[3]")).toEqual(view);
    expect(neuronOf(wide.detail, "dense2.weight[3,0]")).toBeUndefined();
    expect(neuronOf(neuron.detail, "dense1.sum[0]")).toBeUndefined();
  });
});

test("names are split into what and where", () => {
  expect(split("dense1.weight[0,12]")).toEqual({ name: "dense1.weight", index: [0, 12] });
  expect(split("E")).toEqual({ name: "E", index: [] });
});

test("a line ends at its last point", () => {
  const line = { kind: "forward", path: "M0 0C1 2 3.5 4 -5 6" } as const;
  expect(tail(line)).toEqual({ before: [3.5, 4], end: [-5, 6] });
});
