import { expect, test } from "vitest";
import { Engine } from "../../src/engine/engine";
import { compiled, SPIRALS } from "../python";

const spirals = compiled(SPIRALS);
const weight = { name: "dense1.weight", index: [0, 1] };

function edited(): Engine {
  const engine = new Engine(spirals);
  engine.run({ do: "seek", step: 70 });
  engine.run({ do: "edit", ...weight, value: 0.5 });
  engine.run({ do: "seek", step: 100 });
  engine.run({ do: "set", learningRate: 0.05 });
  engine.run({ do: "set", batchSize: 7 });
  engine.run({ do: "edit", name: "x", index: [3, 0], value: 1 });
  engine.run({ do: "seek", step: 160 });
  return engine;
}

test("a run is done again from what was changed by hand", () => {
  const [once, again] = [edited(), new Engine(spirals)];
  again.run({ do: "restart", changes: once.trainer.changes, step: 160 });
  while (again.active) again.work(50);
  expect(again.parameters()).toEqual(once.parameters());
  expect(again.trainer.changes).toEqual(once.trainer.changes);
});

test("going back before a change by hand and on again comes to the same weights", () => {
  const [once, again] = [edited(), edited()];
  again.run({ do: "seek", step: 50 });
  for (let n = 0; n < 110; n++) again.run({ do: "go", stride: "update", back: false });
  expect(again.parameters()).toEqual(once.parameters());
});

test("of changes of one number at one step the last counts", () => {
  const engine = new Engine(spirals);
  for (const value of [1, 2, 3]) engine.run({ do: "edit", ...weight, value });
  expect(engine.trainer.changes).toEqual([{ step: 0, ...weight, value: 3 }]);
});

test("a change forgets those that came later", () => {
  const engine = edited();
  engine.run({ do: "seek", step: 80 });
  engine.run({ do: "edit", ...weight, value: 0 });
  expect(engine.trainer.changes.map((c) => c.step)).toEqual([70, 80]);
});

test("starting again without changes gives the first weights", () => {
  const engine = new Engine(spirals);
  const first = engine.parameters();
  engine.run({ do: "edit", ...weight, value: 9 });
  engine.run({ do: "restart", changes: [], step: 0 });
  expect(engine.parameters()).toEqual(first);
});

test("a far step is gone to in pieces, and the way can be left", () => {
  const engine = new Engine(spirals);
  engine.run({ do: "seek", step: 1e9 });
  expect(engine.active).toBe(true);
  expect(engine.frame().goal).toBe(1e9);
  engine.run({ do: "pause" });
  expect(engine.active).toBe(false);
  expect(engine.trainer.step).toBeGreaterThan(0);
});

test("played slowly, it goes by single operations", async () => {
  const engine = new Engine(spirals);
  engine.run({ do: "seek", step: 0, stage: 0 });
  engine.run({ do: "play", stepsPerSecond: 1 });
  expect(engine.work(10)).toBe(true);
  expect([engine.trainer.step, engine.stage]).toEqual([0, 1]);
  expect(engine.work(10)).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 100));
  engine.work(10);
  expect(engine.trainer.step).toBe(0);
  expect(engine.stage).toBeGreaterThan(1);
});
