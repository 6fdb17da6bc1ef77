import { describe, expect, test } from "vitest";
import { Engine } from "../../src/engine/engine";
import { affordable, direction } from "../../src/engine/landscape";
import type { Landscape } from "../../src/engine/messages";
import { across, dot, length, unit } from "../../src/engine/weights";
import { compiled, SPIRALS } from "../python";

const spirals = compiled(SPIRALS);

function whole(engine: Engine): Landscape {
  const work = engine.landscape();
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}

function at(steps: number[]): Engine {
  const engine = new Engine(spirals);
  for (const step of steps) {
    engine.trainer.train(step - engine.trainer.step);
    engine.frame(); // keeps the weights of this step
  }
  return engine;
}

const vector = (...values: number[]) => Float64Array.from(values);

describe("the directions", () => {
  test("have length 1 and stand at right angles, with a path and without", () => {
    const down = unit(vector(3, 1, -2, 0.5));
    const now = vector(1, 2, 3, 4);
    const stops = [
      { step: 0, weights: vector(0, 0, 1, 9) },
      { step: 5, weights: now },
    ];
    for (const path of [[], stops]) {
      const aside = direction(down, now, path);
      expect(length(aside)).toBeCloseTo(1, 12);
      expect(Math.abs(dot(aside, down))).toBeLessThan(1e-12);
    }
  });

  test("lead to where training began: nothing of it stands out of the plane", () => {
    const down = unit(vector(3, 1, -2, 0.5));
    const now = vector(1, 2, 3, 4);
    const start = vector(0, 0, 1, 9);
    const aside = direction(down, now, [
      { step: 0, weights: start },
      { step: 5, weights: now },
    ]);
    const back = start.map((value, n) => value - (now[n] ?? 0));
    expect(length(across(across(back, down), aside))).toBeLessThan(1e-12);
  });

  test("are fixed where training has not begun", () => {
    const down = unit(vector(3, 1, -2, 0.5));
    expect(direction(down, down, [])).toEqual(direction(down, vector(9, 9, 9, 9), []));
  });
});

describe("the landscape", () => {
  const engine = at([0, 20, 100]);
  const found = whole(engine);
  const centre = (found.points - 1) / 2;
  const step = found.span / centre;
  const error = (column: number, row: number) =>
    found.error[(centre + row) * found.points + centre + column] ?? NaN;

  test("has the engine's error of the training data at its centre", () => {
    const { frame, point } = { frame: engine.frame(), point: engine.frame().curve.at(-1) };
    expect(point?.step).toBe(frame.step);
    expect(error(0, 0)).toBeCloseTo(point?.error ?? NaN, 12);
  });

  test("falls to the right as steeply as the gradient says", () => {
    const { viewer } = engine;
    const rows = Array.from({ length: engine.trainer.samples.learn }, (_, n) => n);
    const parameters = engine.parameters();
    const gradient = viewer.gradient(rows, parameters);
    const flat = Object.values(gradient).flatMap((values) => [...values]);
    const size = Math.hypot(...flat);
    expect(found.slope).toBeCloseTo(size, 12);
    const h = 1e-5;
    const moved = (by: number) =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, values]) => [
          name,
          values.map((value, n) => value - (by * (gradient[name]?.[n] ?? 0)) / size),
        ]),
      );
    const slope = (viewer.error(rows, moved(h)) - viewer.error(rows, moved(-h))) / (2 * h);
    expect(slope).toBeCloseTo(-size, 7);
  });

  test("shows the path up to these weights, in the order of the steps", () => {
    expect(found.path.length).toBe(3);
    expect(found.path.at(-1)?.map(Math.abs)).toEqual([0, 0]);
    expect(found.towards).toBe("start");
    for (const [u, v] of found.path)
      expect(Math.max(Math.abs(u), Math.abs(v))).toBeLessThan(found.span);
    expect(step).toBeGreaterThan(0);
  });

  test("disturbs neither training nor what is shown", () => {
    const [looking, blind] = [at([0, 20]), at([0, 20])];
    whole(looking);
    for (const one of [looking, blind]) one.trainer.train(30);
    expect(looking.parameters()).toEqual(blind.parameters());
  });

  test("has fewer points the longer each of them takes, and one in the centre", () => {
    expect(affordable(0.01)).toBe(41);
    expect(affordable(4)).toBe(25);
    expect(affordable(1e6)).toBe(13);
  });
});
