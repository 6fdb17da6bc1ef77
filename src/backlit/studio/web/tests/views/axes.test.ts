import { describe, expect, test } from "vitest";
import { errors, linear, logarithmic, steps } from "../../src/views/axes";

describe("an axis", () => {
  test("leads from values to places and back", () => {
    for (const axis of [linear("", [-2, 6]), logarithmic("", [1e-4, 10])])
      for (const place of [0, 0.3, 1]) expect(axis.at(axis.value(place))).toBeCloseTo(place, 12);
  });

  test("of errors is logarithmic once they have fallen far, and says so", () => {
    expect(errors("E", [0.9, 0.3]).log).toBe(false);
    expect(errors("E", [0.9, 0.003]).log).toBe(true);
    expect(errors("E", [0.9, 0]).log).toBe(false); // 0 has no place on it
  });

  test("of errors holds all of them", () => {
    for (const values of [[0.9, 0.3], [3.2, 0.0017], [5], []]) {
      const axis = errors("E", values);
      for (const value of values) {
        expect(axis.at(value)).toBeGreaterThanOrEqual(0);
        expect(axis.at(value)).toBeLessThanOrEqual(1);
      }
    }
  });

  test("writes few powers of ten, however far they reach", () => {
    const axis = logarithmic("", [1e-12, 1]);
    expect(axis.ticks.map((tick) => tick.text)).toEqual(["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1"]);
  });

  test("writes large numbers in one way from end to end", () => {
    const texts = (high: number) => linear("", [0, high], 3).ticks.map((tick) => tick.text);
    expect(texts(4e8)).toEqual(["0", "100\u2009M", "200\u2009M", "300\u2009M", "400\u2009M"]);
    expect(texts(4e9)).toEqual(["0", "10⁹", "2 · 10⁹", "3 · 10⁹", "4 · 10⁹"]);
  });

  test("of steps has whole ones, in thousands and millions", () => {
    expect(steps("", 1).ticks.map((tick) => tick.text)).toEqual(["0", "1"]);
    expect(steps("", 2e6).ticks.at(-1)?.text).toBe("2\u2009M");
    expect(steps("", 3e5).ticks.at(-1)?.text).toBe("300\u2009k");
  });
});
