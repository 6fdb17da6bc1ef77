import { describe, expect, test } from "vitest";
import { placed, placement } from "../../src/views/image";

const pixels = (skip: string[] = []) =>
  Array.from({ length: 64 }, (_, n) => `pixel_${Math.floor(n / 8)}_${n % 8}`).filter(
    (name) => !skip.includes(name),
  );

describe("inputs that are pixels", () => {
  test("are found by their names", () => {
    const place = placement(pixels());
    expect([place?.rows, place?.columns]).toEqual([8, 8]);
    expect(place?.at[10]).toBe(10);
  });

  test("stand where they belong when some never change", () => {
    const place = placement(pixels(["pixel_0_0", "pixel_4_0", "pixel_4_7"]));
    if (!place) throw new Error("no image");
    expect(place.at.slice(0, 2)).toEqual([1, 2]);
    const image = placed(
      place,
      place.at.map((_, n) => n),
    );
    expect(image[0]).toBeNaN();
    expect([image[1], image[63]]).toEqual([0, 60]);
  });

  test("may be counted from 1", () => {
    const names = Array.from({ length: 9 }, (_, n) => `p${1 + Math.floor(n / 3)}x${1 + (n % 3)}`);
    expect(placement(names)).toEqual({ rows: 3, columns: 3, at: [0, 1, 2, 3, 4, 5, 6, 7, 8] });
  });

  test.each([
    ["too few", ["pixel_0_0", "pixel_0_1"]],
    ["other names among them", [...pixels(), "age"]],
    ["two pictures", [...pixels(), "mask_0_0"]],
    ["too scattered", Array.from({ length: 9 }, (_, n) => `year_${n}_${2000 + 100 * n}`)],
  ])("are none if there are %s", (_, names) => {
    expect(placement(names)).toBeUndefined();
  });
});
