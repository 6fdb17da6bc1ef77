import { describe, expect, test } from "vitest";
import { classRamps, diverging, regions, rising, shade, split } from "../../src/views/paint";
import type { Colour, Palette } from "../../src/views/palette";

const [black, white, red, blue]: [Colour, Colour, Colour, Colour] = [
  [0, 0, 0],
  [255, 255, 255],
  [255, 0, 0],
  [0, 0, 255],
];
const palette: Palette = {
  ground: white,
  ink: black,
  negative: red,
  positive: blue,
  classes: [red, blue],
};

function bytes(pixels: Uint32Array, n: number): number[] {
  return [...new Uint8Array(pixels.buffer, 4 * n, 4)];
}

describe("a map", () => {
  test("goes from the one colour over the ground to the other", () => {
    const pixels = new Uint32Array(5);
    const look = { width: 1, unit: 0, middle: 0.5, reach: 0.5 };
    shade(pixels, [0, 0.5, 1, -9, 9], look, diverging(red, white, blue, 1));
    expect(bytes(pixels, 0)).toEqual([...red, 255]);
    expect(bytes(pixels, 1)).toEqual([...white, 255]);
    expect(bytes(pixels, 2)).toEqual([...blue, 255]);
    expect(bytes(pixels, 3)).toEqual([...red, 255]);
    expect(bytes(pixels, 4)).toEqual([...blue, 255]);
  });

  test("leaves clear what is no number", () => {
    const pixels = new Uint32Array(1);
    shade(pixels, [NaN], { width: 1, unit: 0, middle: 0, reach: 1 }, rising(white, blue));
    expect(bytes(pixels, 0)).toEqual([0, 0, 0, 0]);
  });

  test("of one of several units takes that unit's values", () => {
    const pixels = new Uint32Array(2);
    const look = { width: 2, unit: 1, middle: 0, reach: 1 };
    shade(pixels, [9, -1, 9, 1], look, diverging(red, white, blue, 1));
    expect([bytes(pixels, 0), bytes(pixels, 1)]).toEqual([
      [...red, 255],
      [...blue, 255],
    ]);
  });

  test("of classes has the colour of the largest, the fuller the surer", () => {
    const pixels = new Uint32Array(3);
    regions(pixels, [1, 0, 0, 1, 0.6, 0.4], classRamps(palette, 2));
    const [sure, other, unsure] = [0, 1, 2].map((n) => bytes(pixels, n));
    expect(sure?.[0]).toBe(255);
    expect(other?.[2]).toBe(255);
    expect(unsure?.[1]).toBeGreaterThan(sure?.[1] ?? 0);
  });

  test("bears a line where a neuron turns, and is hatched below it", () => {
    const values = [-1, -1, 1, -1, -1, 1, -1, -1, 1];
    const white = 0xffffffff;
    const pixels = new Uint32Array(9).fill(white);
    split(pixels, values, { side: 3, width: 1, unit: 0, middle: 0 }, black);
    const seen = [...pixels].map((pixel, n) =>
      pixel === white ? " " : bytes(pixels, n)[0] ? "/" : "|",
    );
    expect(seen.join("")).toBe("/|  |  | "); // the first diagonal alone is within 3 x 3
  });
});
