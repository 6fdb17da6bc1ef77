import { expect, test } from "vitest";
import { shown } from "../../src/numbers";
import { parsed } from "../../src/parts/number";

test.each([
  ["0.5", 0.5],
  [" -2 ", -2],
  ["−2", -2],
  ["1,5", 1.5],
  ["1e-3", 0.001],
  ["1.25 · 10⁻⁷", 1.25e-7],
  ["2 * 10^3", 2000],
  ["10⁻⁸", 1e-8],
  ["−10⁹", -1e9],
  ["10", 10],
  ["−0,75", -0.75],
  [".5", 0.5],
  ["+3.", 3],
  ["1/3", 1 / 3],
  ["−1 / 3", -1 / 3],
  ["0,5/2,5", 0.2],
  ["1.5/3", 0.5],
])("%j is the number %d", (typed, value) => {
  expect(parsed(typed)).toBe(value);
});

const NONE = ["abc", "", "1.2.3", "NaN", "Infinity", "1,000.5", "1e999", "0x10", "--1", "7x"];

test.each([...NONE, "1/", "/3", "1/0", "1/2/3", "1e3/2"])("%j is said to be no number", (typed) => {
  expect(parsed(typed)).toMatch("is not a number");
});

test("every number that is shown can be typed again", () => {
  for (const value of [0.5, -3e-9, 1e-8, 12345.678, 7e11, -1])
    expect(parsed(shown(value, 15))).toBeCloseTo(value, 15);
});

test("limits are said", () => {
  expect(parsed("0", { least: 1 })).toMatch("at least 1");
  expect(parsed("7", { most: 5 })).toMatch("at most 5");
  expect(parsed("0", { positive: true })).toMatch("more than 0");
  expect(parsed("1.5", { whole: true })).toMatch("whole");
  expect(parsed("", { empty: true })).toBeNull();
});
