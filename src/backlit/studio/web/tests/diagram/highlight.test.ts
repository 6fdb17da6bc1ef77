import { expect, test } from "vitest";
import { active, ends, lit } from "../../src/diagram/highlight";
import { compiled, NEURON } from "../python";
import { LAYERS } from "./specs";

const neuron = compiled(NEURON).picture;
const layers = compiled(LAYERS).picture;

function litLines(picture: typeof neuron, name: string, level: number) {
  return picture.lines.filter((_, n) => lit(picture, name).lines[n] === level);
}

test("a weight lights both of its lines", () => {
  const found = litLines(layers, "dense2.weight[0,1]", 2);
  expect(found.map((line) => line.kind).sort()).toEqual(["backward", "forward"]);
});

test("its gradient lights the way back alone", () => {
  const found = litLines(layers, "grad.dense2.weight[0,1]", 2);
  expect(found.map((line) => line.kind)).toEqual(["backward"]);
});

test("a neuron lights itself by either name, and what it touches", () => {
  for (const name of ["dense1.sum[0]", "dense1.output[0]"]) {
    const { nodes } = lit(layers, name);
    expect(layers.nodes.filter((_, n) => nodes[n] === 2).map((node) => node.name)).toEqual([
      "dense1.output[0]",
    ]);
    expect(litLines(layers, name, 1).length).toBeGreaterThan(4);
  }
});

test("a neuron that is folded away lights its fold", () => {
  for (const name of ["dense1.sum[5]", "grad.dense1.output[4]"]) {
    const { nodes } = lit(layers, name);
    const found = layers.nodes.filter((_, n) => nodes[n] === 2);
    expect(found.map((node) => [node.role, node.name])).toEqual([["fold", "dense1.output[3]"]]);
  }
});

test("nothing is lit where nothing is pointed at", () => {
  const { nodes, lines } = lit(layers, "");
  expect([...nodes, ...lines].every((level) => level === 0)).toBe(true);
});

test("the operation just done marks what it worked out, on lines in its direction", () => {
  const sum = active(neuron, { phase: "forward", name: "dense1.sum" });
  expect(neuron.nodes.filter((_, n) => sum.nodes[n]).map((node) => node.role)).toEqual(["sum"]);
  const back = active(neuron, { phase: "backward", name: "grad.dense1.weight" });
  const lines = neuron.lines.filter((_, n) => back.lines[n]);
  expect(lines.map((line) => [line.kind, line.by])).toEqual([
    ["backward", "dense1.weight[0,0]"],
    ["backward", "dense1.weight[0,1]"],
  ]);
  expect(active(neuron, undefined).lines.some(Boolean)).toBe(false);
});

test("a forward line has its ends by the weight on it", () => {
  const line = { kind: "forward", path: "", name: "dense2.weight[3,1]" } as const;
  expect(ends(line)).toEqual(["dense1.output[1]", "dense2.sum[3]"]);
});
