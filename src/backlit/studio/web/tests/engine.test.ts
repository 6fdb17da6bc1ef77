import { describe, expect, test } from "vitest";
import { Engine } from "../src/engine/engine";
import { flat, read } from "../src/engine/memory";
import type { Frame } from "../src/engine/messages";
import { compiled, NEURON, passed, SPIRALS, trained } from "./python";

const neuron = compiled(NEURON);
const spirals = compiled(SPIRALS);

function values(engine: Engine, frame: Frame, name: string, rows = Infinity): number[] {
  return Array.from(flat(frame.values, engine.viewer.program.place(name), rows));
}

/** Returns every number that a frame shows. */
function everything(engine: Engine): Record<string, number[]> {
  const frame = engine.frame();
  const names = [
    ...engine.bundle.stages.map((stage) => stage.name),
    ...Object.keys(engine.bundle.first),
  ];
  return Object.fromEntries(
    names.map((name) => [name, values(engine, frame, name, frame.batch.length)]),
  );
}

function near(found: number[], wanted: number[], within = 1e-12): void {
  expect(found.length).toBe(wanted.length);
  found.forEach((value, n) => {
    const right = wanted[n] ?? NaN;
    expect(Math.abs(value - right)).toBeLessThanOrEqual(within * Math.max(1, Math.abs(right)));
  });
}

describe("a pass", () => {
  test("of the lesson's neuron has every number of the oracle", () => {
    const engine = new Engine(neuron);
    const frame = engine.frame();
    const oracle = passed(NEURON, 1);
    for (const [name, wanted] of Object.entries(oracle.quantities))
      if (name in neuron.layout) near(values(engine, frame, name, 1), wanted);
    for (const [name, wanted] of Object.entries(oracle.gradients))
      if (name !== "E") near(values(engine, frame, `grad.${name}`, 1), wanted);
    for (const [name, wanted] of Object.entries(oracle.updated))
      near(values(engine, frame, `new.${name}`), wanted);
  });

  test("over a batch has the gradients of the oracle", () => {
    const engine = new Engine(spirals);
    const seen = engine.viewer.pass([0, 1, 2, 3, 4]);
    const oracle = passed(SPIRALS, 5);
    for (const name of Object.keys(spirals.first))
      near(
        [...flat(seen, engine.viewer.program.place(`grad.${name}`))],
        oracle.gradients[name] ?? [],
      );
  });

  test("does not disturb training", () => {
    const [looking, blind] = [new Engine(spirals), new Engine(spirals)];
    for (let n = 0; n < 10; n++) {
      looking.trainer.train(7);
      looking.frame();
      blind.trainer.train(7);
    }
    expect(looking.parameters()).toEqual(blind.parameters());
  });
});

describe("training", () => {
  test("takes the samples in the oracle's order and comes to its weights", () => {
    const engine = new Engine(spirals);
    const oracle = trained(SPIRALS, 3);
    expect(engine.trainer.batch()).toEqual(oracle.orders[0]?.slice(0, 16));
    engine.trainer.finishEpoch();
    expect(engine.trainer.batch()).toEqual(oracle.orders[1]?.slice(0, 16));
    engine.trainer.finishEpoch();
    engine.trainer.finishEpoch();
    for (const [name, wanted] of Object.entries(oracle.parameters))
      near(engine.parameters()[name] ?? [], wanted, 1e-9);
  });

  test("goes on for more epochs than there is room for their sums", () => {
    const engine = new Engine(neuron);
    engine.trainer.train(100_000);
    expect(engine.trainer.step).toBe(100_000);
    expect(engine.trainer.epoch).toBe(100_000);
    expect(engine.frame().curve.at(-1)?.error).toBeLessThan(1e-4);
  });

  test("stops at a value that is not finite and keeps the weights before it", () => {
    const layer = [{ units: 8, activation: "relu" }, { units: 1 }];
    const network = { ...SPIRALS.network, loss: "mse" };
    const engine = new Engine(compiled({ ...SPIRALS, layer, network, optimizer: { kind: "SGD" } }));
    engine.trainer.set({ learningRate: 1e10 });
    engine.trainer.train(500);
    expect(engine.trainer.bad).toBe(true);
    expect(engine.trainer.step).toBeLessThan(500);
    expect(Object.values(engine.parameters()).flat().every(Number.isFinite)).toBe(true);
    engine.run({ do: "seek", step: 0, changes: [{ step: 0, learningRate: 0.001 }] });
    expect(engine.trainer.step).toBe(0);
    engine.trainer.train(500);
    expect(engine.trainer.bad).toBe(false);
    engine.trainer.set({ learningRate: 0.01 });
    expect(engine.trainer.bad).toBe(false);
  });
});

describe("travel in time", () => {
  test("comes back to every step exactly", () => {
    const engine = new Engine(spirals);
    const seen = new Map<number, Record<string, number[]>>();
    for (const step of [0, 1, 2, 63, 64, 65, 500, 777]) {
      engine.run({ do: "seek", step });
      seen.set(step, everything(engine));
    }
    engine.trainer.train(5000);
    for (const [step, shown] of [...seen].reverse()) {
      engine.run({ do: "seek", step });
      expect(everything(engine)).toEqual(shown);
    }
  });

  test("keeps few snapshots however long it trains", () => {
    const engine = new Engine(neuron);
    engine.trainer.train(1_000_000);
    engine.run({ do: "seek", step: 654_321 });
    expect(engine.trainer.step).toBe(654_321);
    expect(engine.trainer.last).toBe(1_000_000);
  });

  test("goes over changes by hand as they were made", () => {
    const engine = new Engine(spirals);
    engine.trainer.train(100);
    engine.run({ do: "edit", name: "dense1.weight", index: [2, 1], value: 3 });
    engine.trainer.train(100);
    engine.run({ do: "edit", name: "x", index: [5, 0], value: -2 });
    engine.trainer.train(100);
    const end = engine.parameters();
    engine.run({ do: "seek", step: 50 });
    expect(engine.trainer.samples.x[10]).not.toBe(-2);
    engine.run({ do: "seek", step: 100 });
    expect(engine.trainer.program.get("dense1.weight", [2, 1])).toBe(3);
    engine.run({ do: "seek", step: 300 });
    expect(engine.parameters()).toEqual(end);
    expect(engine.trainer.samples.x[10]).toBe(-2);
  });

  test("ends where something is changed by hand", () => {
    const engine = new Engine(spirals);
    engine.trainer.train(300);
    engine.run({ do: "seek", step: 100 });
    engine.run({ do: "edit", name: "dense1.bias", index: [0], value: 1 });
    expect(engine.trainer.last).toBe(100);
  });

  test("resets to the same first weights", () => {
    const engine = new Engine(neuron);
    engine.trainer.train(1000);
    engine.run({ do: "seek", step: 0 });
    expect(engine.parameters()).toEqual(neuron.first);
  });
});

describe("the player", () => {
  test("walks through the operations forth and back", () => {
    const engine = new Engine(neuron);
    engine.run({ do: "seek", step: 0, stage: 0 });
    const places = [];
    for (let n = 0; n < 12; n++) {
      places.push([engine.trainer.step, engine.stage]);
      engine.run({ do: "go", stride: "operation", back: false });
    }
    for (const place of places.reverse()) {
      engine.run({ do: "go", stride: "operation", back: true });
      expect([engine.trainer.step, engine.stage]).toEqual(place);
    }
  });

  test("goes by passes, updates and epochs", () => {
    const engine = new Engine(spirals);
    engine.run({ do: "seek", step: 0, stage: 0 });
    engine.run({ do: "go", stride: "pass", back: false });
    expect(spirals.stages[engine.stage - 1]?.name).toBe("E");
    engine.run({ do: "go", stride: "pass", back: false });
    expect(spirals.stages[engine.stage]?.phase).toBe("update");
    engine.run({ do: "go", stride: "update", back: false });
    expect(engine.trainer.step).toBe(1);
    engine.run({ do: "go", stride: "epoch", back: false });
    expect([engine.trainer.epoch, engine.trainer.program.control("batch")]).toEqual([1, 0]);
    engine.run({ do: "go", stride: "epoch", back: true });
    expect(engine.trainer.step).toBe(0);
  });
});

test("the nudge test agrees with the gradient", () => {
  const engine = new Engine(neuron);
  const nudge = engine.answer({ of: "nudge", name: "dense1.weight", index: [0, 1], h: 1e-5 });
  const gradient = engine.viewer.program.place("grad.dense1.weight");
  const right = read(engine.frame().values, gradient, [0, 1]);
  expect(nudge).toHaveProperty("slope");
  if ("slope" in nudge) expect(Math.abs((nudge.slope as number) - right)).toBeLessThan(1e-9);
});
