import { describe, expect, test } from "vitest";
import { dragged, run, step, stepped } from "../../src/diagram/edit";

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

test("a run of keys or of the wheel is one gesture until it pauses or turns to another", () => {
  const first = run("wheel x[0]", 0);
  expect(run("wheel x[0]", 900)).toBe(first);
  expect(run("wheel x[0]", 1800)).toBe(first);
  const later = run("wheel x[0]", 2900);
  expect(later).not.toBe(first);
  expect(run("wheel x[1]", 2910)).not.toBe(later);
});
