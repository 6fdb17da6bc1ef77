import { expect, test } from "vitest";
import { ceiling, head, sign, tint, widthOf } from "../../src/diagram/marks";

test.each([
  [0.6, 1],
  [1, 1],
  [1.01, 2],
  [4.9, 5],
  [0.0012, 0.002],
  [0, 0],
  [NaN, 0],
])("a scale for %d goes to %d", (size, end) => expect(ceiling(size)).toBe(end));

test("widths grow with strength and are clamped", () => {
  const widths = [0, 0.5, 1, 7, Infinity].map((strength) => widthOf(strength, 1));
  expect(widths).toEqual([1.2, 2.7, 4.2, 4.2, 4.2]);
  expect(widthOf(undefined, 1)).toBe(1.5);
});

test("what is not finite has no sign of its own", () => {
  expect([1, -1, 0, NaN, undefined].map(sign)).toEqual([
    "positive",
    "negative",
    "zero",
    "neutral",
    "neutral",
  ]);
});

test("a tint is a share of the largest", () => {
  expect([0, 0.5, -1, 3].map((value) => tint(value, 1))).toEqual([0, 0.5, 1, 1]);
  expect(tint(NaN, 1)).toBe(0);
});

test("an arrowhead points on from its line", () => {
  expect(head([0, 0], [10, 0], 2)).toBe("M10.0 3.6L10.0 -3.6L18.0 0.0Z");
});
