import { expect, test } from "vitest";
import { beside } from "../../src/diagram/place";
import { needed } from "../../src/diagram/digits";
import { fitting } from "../../src/diagram/size";
import { compiled, NEURON } from "../python";
import { LAYERS } from "./specs";

test("a field stands under the number that it changes", () => {
  const { picture } = compiled(NEURON);
  const slot = picture.texts.find((text) => text.text === "w₁ = {}");
  const spot = beside(picture, "dense1.weight[0,0]");
  expect(spot).toMatchObject({ x: slot?.x, symbol: "w₁" });
  expect(beside(picture, "x[1]")).toMatchObject({ symbol: "x₂" });
});

test("where no number stands it is beside the line, and nowhere if there is none", () => {
  const { picture } = compiled(LAYERS);
  expect(beside(picture, "dense1.weight[0,1]")?.symbol).toBe("");
  expect(beside(picture, "dense1.weight[4,1]")).toBeUndefined();
});

test.each([
  [1180, 900, 1],
  [590, 900, 0.8],
  [4000, 2000, 2],
])("in %d × %d pixels a picture is drawn at %d", (width, high, scale) => {
  expect(fitting({ width: 1180, height: 400 }, width, high)).toBe(scale);
});

test.each([
  [0.4, 1],
  [-1.25, 3],
  [1 / 3, 9],
  [0, 1],
  [0.1 + 0.2, 1],
])("%d needs %d digits", (value, digits) => expect(needed(value)).toBe(digits));
