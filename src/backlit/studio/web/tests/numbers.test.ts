import { expect, test } from "vitest";
import { enough, figures, mathNumber, shown, texNumber, thousands } from "../src/numbers";
import { printed } from "./python";

/** Numbers of every size, and those on which rounding is decided by a tie. */
function cases(): [number, number][] {
  const found: [number, number][] = [];
  let state = 7;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let n = 0; n < 600; n++) {
    const size = (random() - 0.5) * 10 ** Math.round(random() * 40 - 20);
    found.push([size, 1 + (n % 12)]);
  }
  for (const tie of [0.5, 2.5, 0.125, 1234567.125, 1234567.375, 12.5, 1e9 + 0.5, 0.0625])
    for (const digits of [1, 2, 3, 6, 9]) found.push([tie, digits], [-tie, digits]);
  for (const whole of [0, 1, -1, 12, 1e8, 1e9, 1e12, 1e22, 1e-7, 1e-5, 1e-4, 9.9999999999, 1e7])
    found.push([whole, 9], [-whole, 4]);
  for (const near of [0.99999999998, 1 - 1e-16, 0.9999999999999, 2.00000000003, 99999.999999999])
    for (const digits of [4, 6, 9]) found.push([near, digits]);
  return found;
}

test("numbers are printed as Python prints them, to the last digit", () => {
  const numbers = cases();
  const wanted = printed(numbers);
  numbers.forEach(([value, digits], n) => {
    expect([shown(value, digits), shown(value, enough(value, digits))]).toEqual(wanted[n]);
  });
});

test("what is no number has a sign of its own", () => {
  expect([NaN, Infinity, -Infinity].map((value) => shown(value))).toEqual(["NaN", "∞", "−∞"]);
});

test("a power of ten is raised in every form", () => {
  expect(texNumber(figures(-1.25e-7))).toBe("-1.25 \\cdot 10^{-7}");
  expect(texNumber(figures(1e-7))).toBe("10^{-7}");
  expect(mathNumber(figures(-1.25e-7))).toContain("<msup><mn>10</mn>");
  expect(mathNumber(figures(0.5))).toBe("<mrow><mn>0.5</mn></mrow>");
});

test("whole numbers have commas between their thousands", () => {
  const counts = [0, 999, 1000, 123456, 1234567];
  expect(counts.map(thousands)).toEqual(["0", "999", "1,000", "123,456", "1,234,567"]);
});
