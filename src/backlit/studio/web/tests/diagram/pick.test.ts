import { describe, expect, test } from "vitest";
import type { Picture } from "../../src/bundle";
import { pick, sampled, target } from "../../src/diagram/pick";
import { compiled, NEURON } from "../python";

const picture = compiled(NEURON).picture;
const neuron = target(picture);
const at = (x: number, y: number, reach = 12) => pick(neuron, x, y, reach)?.name;

describe("the lesson's neuron under the pointer", () => {
  test.each(picture.nodes.filter((node) => node.role !== "activation"))("$name", (node) => {
    expect(at(node.x, node.y)).toBe(node.name);
  });

  test("an activation stands for the output", () => {
    const pill = picture.nodes.find((node) => node.role === "activation");
    expect(at(pill?.x ?? 0, pill?.y ?? 0)).toBe("dense1.output[0]");
  });

  test("numbers of weights are those of the weights", () => {
    const texts = picture.texts.filter((slot) => slot.shows === "equation");
    expect(texts.map((slot) => at(slot.x, slot.y - 3))).toEqual([
      "dense1.weight[0,0]",
      "dense1.weight[0,1]",
    ]);
  });

  test("a line can be reached from as far as a finger is wide, and no farther", () => {
    const line = picture.lines.find((one) => one.name === "dense1.weight[0,1]");
    const points = sampled(line?.path ?? "");
    const [x = 0, y = 0] = points.slice(20, 22);
    expect(at(x, y - 11)).toBe("dense1.weight[0,1]");
    expect(pick(neuron, x, y - 40, 12)).toBeUndefined();
  });
});

test("a fold is a fold", () => {
  const fold = { role: "fold", name: "x[3]", symbol: "", x: 50, y: 50, radius: 20, count: 9 };
  const only = { width: 99, height: 99, nodes: [fold], lines: [], texts: [] } as Picture;
  expect(pick(target(only), 90, 55, 12)).toEqual({ name: "x[3]", fold: true });
});

test("a path is sampled from end to end", () => {
  const points = sampled("M0 0C1 0 2 0 3 0C4 0 5 0 6 0");
  expect([points[0], points.at(-2)]).toEqual([0, 6]);
});
