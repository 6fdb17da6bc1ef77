import { describe, expect, test } from "vitest";
import { linear, logarithmic } from "../../src/views/axes";
import { nearest, path, percent, summary, toldPoint } from "../../src/views/history";

const curve = [
  { step: 0, epoch: 0, error: 0.7, accuracy: 0.5, testError: 0.72, testAccuracy: 0.5 },
  { step: 40, epoch: 1, error: 0.2, accuracy: 0.9, testError: 0.3, testAccuracy: 0.85 },
  { step: 90, epoch: 2, error: 0.05, accuracy: 0.995, testError: 0.4, testAccuracy: 0.84 },
];
const train = curve.map(({ step, epoch, error, accuracy }) => ({ step, epoch, error, accuracy }));

describe("learning curves", () => {
  test("are told as numbers", () => {
    expect(toldPoint(curve[1]!, true)).toBe(
      "Step 40, epoch 1: error 0.2 (test 0.3); right 90% (test 85%)",
    );
    expect(toldPoint(train[1]!, false, true)).toBe("While it trains, about: error 0.2");
    expect(toldPoint(train[1]!, false)).toBe("Step 40, epoch 1: error 0.2");
  });

  test("are summed up for those who do not see them", () => {
    expect(summary(curve, true)).toBe(
      "The training error went from 0.7 at step 0 to 0.05 at step 90. The lowest test error is " +
        "0.3, at step 40. At the end 99.5% of the training samples are right.",
    );
    expect(summary(train, false)).toBe(
      "The training error went from 0.7 at step 0 to 0.05 at step 90.",
    );
    expect(summary([], true)).toBe("");
  });

  test("are read at the point that is closest", () => {
    expect(nearest(curve, 70)?.step).toBe(90);
    expect(nearest(curve, 64)?.step).toBe(40);
    expect(nearest([], 1)).toBeUndefined();
  });

  test("are drawn from left to right, the low at the bottom", () => {
    const [x, y] = [linear("", [0, 90]), logarithmic("", [0.01, 1])];
    expect(path(curve, "error", x, y)).toMatch(/^M0,0\.0775L0\.4444,0\.3495L1,0\.6505$/);
  });

  test("have gaps where E is not finite", () => {
    const broken = [curve[0]!, { ...curve[1]!, error: NaN }, curve[2]!];
    expect(path(broken, "error", linear("", [0, 90]), linear("", [0, 1]))).toMatch(/^M.*ZM.*Z$/);
  });

  test("give shares in percent", () => {
    expect([percent(1), percent(0.9751), percent(0)]).toEqual(["100%", "97.5%", "0%"]);
  });
});
