import { describe, expect, test } from "vitest";
import { Curve } from "../../src/engine/curve";
import { Engine } from "../../src/engine/engine";
import { Path } from "../../src/engine/path";
import { Sparse } from "../../src/engine/sparse";
import { spread } from "../../src/engine/watch";
import { compiled, SPIRALS } from "../python";

const point = (step: number) => () => ({ step, epoch: 0, error: 1 / (1 + step), accuracy: 0 });

describe("learning curves", () => {
  test("get few points while training, and that of every step at rest", () => {
    let now = 0;
    const curve = new Curve(1000, () => now);
    for (let step = 0; step < 100; step++, now += 10) curve.add(step, false, point(step));
    expect(curve.points.length).toBe(10);
    curve.add(100, true, point(100));
    expect(curve.points.at(-1)?.step).toBe(100);
  });

  test("stay in the order of the steps when one goes back in time", () => {
    const curve = new Curve();
    for (const step of [5, 1, 3, 3]) curve.add(step, true, point(step));
    expect(curve.points.map((one) => one.step)).toEqual([1, 3, 5]);
  });

  test("are thinned, never losing the step that is shown", () => {
    const curve = new Curve(10);
    for (let step = 0; step < 40; step++) {
      curve.add(step, true, point(step));
      expect(curve.points.length).toBeLessThanOrEqual(10);
      expect(curve.points.at(-1)?.step).toBe(step);
      expect(curve.points[0]?.step).toBe(0);
    }
  });

  test("forget a future that will not be", () => {
    const curve = new Curve();
    for (const step of [0, 1, 2]) curve.add(step, true, point(step));
    curve.cut(1);
    expect(curve.points.map((one) => one.step)).toEqual([0]);
  });

  test("are another array only when they change", () => {
    const curve = new Curve();
    curve.add(0, true, point(0));
    const before = curve.points;
    curve.add(0, true, point(0));
    expect(curve.points).toBe(before);
  });
});

test("what is dear is done for a tenth of the time at most", () => {
  let now = 1000;
  const sparse = new Sparse(() => now);
  expect(sparse.due(false)).toBe(true);
  sparse.run(() => (now += 30));
  for (const [later, due] of [
    [200, false],
    [299, false],
    [300, true],
  ] as const) {
    now = 1030 + later;
    expect(sparse.due(false)).toBe(due);
    expect(sparse.due(true)).toBe(true);
  }
});

test("a path keeps its first and last step, however long it is", () => {
  const path = new Path();
  for (let step = 0; step < 2000; step++) path.keep(step, () => new Float64Array(3));
  const steps = path.until(1999).map((stop) => stop.step);
  expect(steps.length).toBeLessThanOrEqual(256);
  expect([steps[0], steps.at(-1)]).toEqual([0, 1999]);
  expect(path.until(1000).every((stop) => stop.step <= 1000)).toBe(true);
});

test("samples are taken evenly, from the first on", () => {
  expect(spread(10, 4)).toEqual([0, 2, 5, 7]);
  expect(spread(3, 256)).toEqual([0, 1, 2]);
});

describe("a frame", () => {
  const engine = new Engine(compiled(SPIRALS));

  test("has the maps that are asked for, and no others", () => {
    expect(engine.frame().maps).toEqual({});
    engine.run({ do: "watch", maps: ["prediction", "dense2.output"], points: 12 });
    const { maps, flow } = engine.frame();
    expect(maps["prediction"]?.length).toBe(144);
    expect(maps["dense2.output"]?.length).toBe(8 * 144);
    expect(flow).toBeUndefined();
  });

  test("has the samples as they are by now, and other arrays only when they change", () => {
    const edited = new Engine(engine.bundle);
    const before = edited.frame().samples;
    expect(edited.frame().samples).toBe(before);
    edited.run({ do: "edit", name: "x", index: [3, 1], value: 9 });
    const after = edited.frame().samples;
    expect([before.x[7] === 9, after.x[7]]).toEqual([false, 9]);
    expect(after.t).toEqual(before.t);
  });

  test("at rest has error and flow of this very step", () => {
    engine.run({ do: "watch", maps: [], points: 0, flow: true });
    for (const step of [1, 2, 7]) {
      engine.trainer.train(step - engine.trainer.step);
      const frame = engine.frame();
      expect(frame.flow?.step).toBe(step);
      expect(frame.curve.at(-1)?.step).toBe(step);
    }
  });
});
