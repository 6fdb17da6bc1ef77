import { expect, test } from "vitest";
import { verdict } from "../../src/why/nudge";

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
