import { expect, test } from "vitest";
import { parsed } from "../../src/parts/number";
import { printed, verdict } from "../../src/why/nudge";

const nudged = (slope: number, h: number, at = 1) => ({
  below: at - slope * h,
  above: at + slope * h,
  slope,
});

test("a slope that is the gradient agrees", () => {
  expect(verdict(nudged(0.25, 1e-4), 0.25, 1e-4)).toBe("agrees");
  expect(verdict(nudged(0, 1e-4), 0, 1e-4)).toBe("agrees");
});

test("over a large step the error bends", () => {
  expect(verdict(nudged(0.26, 0.1), 0.25, 0.1)).toBe("coarse");
});

test("a step so small that rounding decides says nothing", () => {
  expect(verdict(nudged(2e-7, 1e-8), 1e-7, 1e-8)).toBe("fine");
});

test("where the printed digits show rounding, that is said", () => {
  expect(verdict(nudged(0.05, 1e-8), 0.05, 1e-8)).toBe("rounded");
});

test.each([1e-1, 1e-3, 1e-5, 1e-8])("what is printed can be worked out again, h = %d", (h) => {
  const error = (w: number) => 0.5 * (1 / (1 + Math.exp(-w)) - 1) ** 2;
  const [below, above] = [error(0.4 - h), error(0.4 + h)];
  const numbers = printed({ below, above, slope: (above - below) / (2 * h) }, error(0.4), h);
  const [low, high, difference, slope] = [
    numbers.below,
    numbers.above,
    numbers.difference,
    numbers.slope,
  ].map((text) => parsed(text) as number);
  expect(high! - low!).toBeCloseTo(difference!, 16);
  expect(difference! / (2 * h) / slope!).toBeCloseTo(1, 7);
  for (const text of [numbers.below, numbers.here, numbers.above])
    expect(text.replace(/^0\.|\D/, "").length).toBeLessThanOrEqual(16);
  expect(numbers.difference.replace(/ ·.*|[−0.]/g, "").length).toBeGreaterThan(5);
});

test("an error that does not change has no difference", () => {
  const { difference, slope } = printed({ below: 0, above: 0, slope: 0 }, 0, 1e-5);
  expect([difference, slope]).toEqual(["0", "0"]);
});
