import { expect, test } from "vitest";
import { steady, type Sizes } from "../../src/diagram/scales";
import type { Frame } from "../../src/engine/messages";

/** Returns a function: the scale of weights for their largest, at a step, some time later. */
function begun() {
  let time = 0;
  const scales = steady(() => time);
  return (weight: number, step: number, changed?: number, later = 0): number => {
    time += later;
    const changes = changed === undefined ? [] : [{ step: 0, name: "x", value: changed }];
    const sizes: Sizes = { weight, gradient: 0, value: 0 };
    return scales(sizes, { step, changes } as unknown as Frame).weight;
  };
}

test("a scale stands still within a step, however small things get", () => {
  const scale = begun();
  expect(scale(0.8, 0)).toBe(1);
  expect(scale(0.4, 0)).toBe(1);
  expect(scale(0.01, 0)).toBe(1);
});

test("it grows at once when it must", () => {
  const scale = begun();
  scale(0.8, 0);
  expect(scale(1.3, 0)).toBe(2);
});

test("from step to step it shrinks only when what it shows is below a quarter of it", () => {
  const scale = begun();
  scale(0.8, 0);
  expect(scale(0.3, 1)).toBe(1);
  expect(scale(0.2, 2)).toBe(0.2);
});

test("what is not yet worked out leaves it as it is", () => {
  const scale = begun();
  scale(0.8, 0);
  expect(scale(0, 1)).toBe(1);
});

test("it does not shrink under the hand, nor shortly after", () => {
  const scale = begun();
  scale(0.8, 0);
  scale(0.7, 0, 0.7, 2000);
  expect(scale(0.1, 1, 0.1)).toBe(1);
  expect(scale(0.1, 2, 0.1, 1000)).toBe(1);
  expect(scale(0.1, 2, 0.1, 1000)).toBe(0.1); // the step came while the hand did not rest
});

test("what was typed by mistake leaves no trace in it once the number is right again", () => {
  const scale = begun();
  scale(0.6, 0);
  expect(scale(40, 0, 40)).toBe(50);
  expect(scale(0.6, 0, 0.4, 2000)).toBe(1);
});
