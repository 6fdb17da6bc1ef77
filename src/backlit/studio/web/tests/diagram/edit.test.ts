import { describe, expect, test } from "vitest";
import { dragged, step, stepped, typed } from "../../src/diagram/edit";

describe("what is typed", () => {
  test.each([
    ["0.5", 0.5],
    ["-2", -2],
    ["−0,75", -0.75],
    [" 1e-3 ", 0.001],
    [".5", 0.5],
    ["+3.", 3],
  ])("%s is a number", (text, value) => expect(typed(text)).toBe(value));

  test.each(["abc", "", "1.2.3", "1,234.5", "Infinity", "1e999", "0x10", "NaN", "--1"])(
    "%s is refused",
    (text) => expect(typed(text)).toBeUndefined(),
  );
});

describe("steps", () => {
  test.each([
    [0.4, 0.01],
    [-0.6, 0.01],
    [12, 1],
    [0, 0.01],
    [1e-9, 1e-4],
  ])("of %d are %d", (value, size) => expect(step(value)).toBe(size));

  test("there and back leave no digits of the arithmetic", () => {
    expect(stepped(0.4, 1)).toBe(0.41);
    expect(stepped(0.1, 3)).toBe(0.13);
    expect(stepped(0.4, -1, true)).toBe(0.3);
  });

  test("a number that is none starts from 0", () => {
    expect(stepped(NaN, 1)).toBe(0.01);
    expect(dragged(Infinity, 10)).toBe(0.05);
  });

  test("a drag to the right or upwards makes it larger, back to where it was", () => {
    expect(dragged(0.4, 20)).toBe(0.5);
    expect(dragged(0.4, -20)).toBe(0.3);
    expect(dragged(0.4, 0)).toBe(0.4);
  });
});
