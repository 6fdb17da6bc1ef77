import { describe, expect, test } from "vitest";
import { isoline, lead } from "../../src/views/isolines";
import { heights, levels, lines } from "../../src/views/terrain";

const SIDE = 20;
const square = (f: (x: number, y: number) => number) =>
  Float64Array.from({ length: SIDE * SIDE }, (_, n) => f(n % SIDE, Math.floor(n / SIDE)));

function points(path: string): [number, number][] {
  return [...path.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map((m) => [Number(m[1]), Number(m[2])]);
}

describe("a boundary", () => {
  test("is a line across the square, not its edge", () => {
    const line = isoline(
      square((x) => x),
      SIDE,
      9.5,
    );
    expect(points(line).length).toBeGreaterThan(10);
    for (const [x] of points(line)) expect(x).toBeCloseTo(0.5, 2);
  });

  test("is nothing where all is on one side", () => {
    expect(
      isoline(
        square(() => 1),
        SIDE,
        0.5,
      ),
    ).toBe("");
    expect(
      isoline(
        square(() => 0),
        SIDE,
        0.5,
      ),
    ).toBe("");
  });

  test("between classes is where one takes the lead", () => {
    expect([...lead([0.5, 0.3, 0.2, 0.1, 0.7, 0.2], 3, 0)].map((v) => +v.toFixed(3))).toEqual([
      0.2, -0.6,
    ]);
  });
});

describe("a landscape", () => {
  test("has levels evenly apart, or by factors where it is steep", () => {
    expect(levels([0, 1, 5, 10])).toContain(5);
    const steep = levels([1e-6, 1]);
    const [first = 0, second = 0, third = 0] = steep;
    expect(second / first).toBeCloseTo(third / second, 9);
    expect(levels([2, 2, 2])).toEqual([]);
  });

  test("is highest where it is no number", () => {
    expect([...heights([0, 0.6, NaN, Infinity], [0.5, 0.8])]).toEqual([0, 0.5, 1, 1]);
  });

  test("has its lines where the error has that value, rows going up", () => {
    const path = lines(
      square((_, y) => y),
      SIDE,
      [SIDE / 4],
    );
    const inside = points(path).filter(([x, y]) => x > 0 && x < 1 && y > 0 && y < 1);
    for (const [, y] of inside) expect(1 - y).toBeCloseTo(SIDE / 4 / (SIDE - 1), 1);
    expect(inside.length).toBeGreaterThan(5);
  });
});
