import { expect, test } from "vitest";
import { Engine } from "../../src/engine/engine";
import { compiled, SPIRALS } from "../python";

const spirals = compiled(SPIRALS);
const weight = { name: "dense1.weight", index: [0, 1] };

/** Returns an engine at a step, with what changes its weight and reads it. */
function begun(step = 0) {
  const engine = new Engine(spirals);
  engine.run({ do: "seek", step });
  const edit = (value: number, gesture?: number) =>
    engine.run({ do: "edit", ...weight, value, ...(gesture ? { gesture } : {}) });
  const now = () => engine.trainer.program.all("dense1.weight")[1];
  return { engine, edit, now, first: now() };
}

test("the last gesture on a number is taken back, then the one before", () => {
  const { engine, edit, now, first } = begun();
  for (const [value, gesture] of [
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
  ] as const)
    edit(value, gesture);
  engine.run({ do: "undo" });
  expect(now()).toBe(2);
  engine.run({ do: "undo" });
  expect(now()).toBe(first);
  expect(engine.trainer.changes).toEqual([]);
  engine.run({ do: "undo" });
  expect(now()).toBe(first);
});

test("changes without a gesture are one each", () => {
  const { engine, edit, now } = begun();
  for (const value of [1, 2]) edit(value);
  engine.run({ do: "undo" });
  expect(now()).toBe(1);
});

test("a gesture at a later step leaves those before it, and all weights as they were", () => {
  const { engine, edit } = begun(70);
  edit(1, 1);
  engine.run({ do: "seek", step: 100 });
  const before = engine.parameters();
  edit(2, 2);
  engine.run({ do: "seek", step: 130 });
  edit(3, 2);
  engine.run({ do: "undo" });
  expect(engine.trainer.step).toBe(100);
  expect(engine.parameters()).toEqual(before);
  expect(engine.trainer.changes.map(({ step }) => step)).toEqual([70]);
});

test("from an earlier step, it is taken back without going on", () => {
  const { engine, edit } = begun(70);
  edit(1, 1);
  engine.run({ do: "seek", step: 20 });
  engine.run({ do: "undo" });
  expect([engine.trainer.step, engine.trainer.changes]).toEqual([20, []]);
});

test("a gesture that is not the last is not taken back by its number", () => {
  const { engine, edit, now } = begun();
  edit(1, 1);
  edit(2, 2);
  engine.run({ do: "undo", gesture: 1 });
  expect(now()).toBe(2);
  engine.run({ do: "undo", gesture: 2 });
  expect(now()).toBe(1);
});

test("of an opened state the last change is taken back", () => {
  const { engine, now, first } = begun();
  engine.run({ do: "restart", changes: [{ step: 0, ...weight, value: 5 }], step: 0 });
  expect(now()).toBe(5);
  engine.run({ do: "undo" });
  expect(now()).toBe(first);
});
