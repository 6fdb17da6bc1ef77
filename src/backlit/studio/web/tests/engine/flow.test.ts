import { describe, expect, test } from "vitest";
import type { Layer, Spec } from "../../src/bundle";
import { Engine } from "../../src/engine/engine";
import type { Flow } from "../../src/engine/flow";
import { findings, relative } from "../../src/views/diagnosis";
import { compiledAll, SPIRALS } from "../python";

const LOGITS = "binary_cross_entropy_with_logits";

function circles(...layer: Layer[]): Spec {
  const network = { inputs: 2, loss: LOGITS, learning_rate: 0.1, seed: 3 };
  return { network, layer, data: { name: "circles", samples: 100 }, batch_size: 10 };
}

function single(layer: Layer, t: number): Spec {
  const network = { inputs: 1, loss: "half_mse", learning_rate: 0.1 };
  return { network, layer: [layer], sample: { x: [1], t: [t] } };
}

function relu(units: number, bias?: number[]): Layer {
  return { units, activation: "relu", ...(bias ? { bias } : {}) };
}

/** Six layers whose weights are all the same, and an output. */
function deep(activation: string, weight: number): Spec {
  const hidden = Array.from({ length: 6 }, (_, n): Layer => {
    const row = Array<number>(n ? 4 : 2).fill(weight);
    return { units: 4, activation, weight: [row, row, row, row] };
  });
  return circles(...hidden, { units: 1 });
}

const sure: Layer = { units: 1, activation: "sigmoid", weight: [[0]], bias: [9] };
const tanh: Layer[] = [
  { units: 4, activation: "tanh" },
  { units: 1, activation: "sigmoid" },
];

const bundles = compiledAll({
  spirals: SPIRALS,
  circles: circles(relu(6), { units: 1 }),
  xor: {
    network: { inputs: 2, loss: "half_mse", learning_rate: 2, seed: 1 },
    layer: tanh,
    data: { name: "xor" },
    batch_size: 4,
  },
  digits: {
    network: { inputs: 61, loss: "cross_entropy", learning_rate: 0.05 },
    layer: [relu(16), { units: 10 }],
    data: { name: "digits" },
    batch_size: 32,
  },
  allDead: circles(relu(8, Array<number>(8).fill(-100)), { units: 1 }),
  oneDead: circles(relu(5, [-100, 1, 1, 1, 1]), { units: 1 }),
  deadOutput: single({ ...relu(1, [-9]), weight: [[1]] }, 1),
  perfect: single({ units: 1, activation: "linear", weight: [[1]], bias: [0] }, 1),
  atLevels: circles({ units: 3, activation: "tanh", bias: [20, -20, 20] }, { units: 1 }),
  jumping: circles(
    {
      units: 2,
      activation: "tanh",
      weight: [
        [400, 0],
        [0, 400],
      ],
    },
    { units: 1 },
  ),
  rightly: single(sure, 1),
  wrongly: single(sure, 0),
  shrinking: deep("sigmoid", 0.1),
  growing: deep("linear", 2),
});

type Name = keyof typeof bundles;

function watching(name: Name): Engine {
  const engine = new Engine(bundles[name]);
  engine.run({ do: "watch", maps: [], points: 0, flow: true });
  return engine;
}

/** Returns what the flow is after some steps, and the words about it. */
function seen(engine: Engine, steps = 0): { flow: Flow; said: string[]; warnings: number } {
  engine.trainer.train(steps - engine.trainer.step);
  const { flow } = engine.frame();
  if (!flow) throw new Error("the flow was not watched");
  const found = findings(flow, engine.bundle);
  const said = found.map((one) => one.said);
  return { flow, said, warnings: found.filter((one) => one.warning).length };
}

describe("a healthy network", () => {
  test.each<Name>(["spirals", "circles", "xor", "digits"])(
    "gives no alarm before, while and after it learns: %s",
    (name) => {
      const engine = watching(name);
      for (const steps of [0, 50, 500, 5000]) expect(seen(engine, steps).warnings).toBe(0);
    },
  );

  test("has gradients of the same size in each layer", () => {
    for (const size of relative(seen(watching("spirals"), 200).flow)) {
      expect(size).toBeGreaterThan(0.1);
      expect(size).toBeLessThan(10);
    }
  });

  test("is told that it is one", () => {
    expect(seen(watching("spirals")).said).toEqual([]);
  });
});

test("the gradient of a layer is one sample's length, root mean square over the samples", () => {
  const engine = watching("spirals");
  const { flow } = seen(engine, 10);
  const { viewer } = engine;
  let sum = 0;
  for (let row = 0; row < flow.rows; row++) {
    viewer.study([row]);
    for (const g of viewer.program.all("grad.dense1.sum", 1)) sum += g * g;
  }
  expect(flow.layers[0]?.gradient).toBeCloseTo(Math.sqrt(sum / flow.rows), 12);
});

describe("units", () => {
  test("of relu that give 0 for all samples are dead", () => {
    const { said, warnings } = seen(watching("allDead"));
    expect(said).toEqual([
      "The gradient stops at layer 1: ∂E/∂Σ is 0 there, and before it.",
      "8 of 8 units of layer 1 are dead: relu gives 0 for each of 80 samples.",
    ]);
    expect(warnings).toBe(2);
  });

  test("are counted one by one; a few dead ones are no warning", () => {
    const { said, warnings } = seen(watching("oneDead"));
    expect(said).toEqual(["1 of 5 units of layer 1 is dead: relu gives 0 for each of 80 samples."]);
    expect(warnings).toBe(0);
  });

  test("of the output that are dead stop the gradient at once", () => {
    const { said } = seen(watching("deadOutput"));
    expect(said[0]).toMatch("The gradient stops at layer 1");
    expect(said[1]).toMatch("1 of 1 units of layer 1 is dead");
  });

  test("of a network without an error are not blamed", () => {
    expect(seen(watching("perfect")).said[0]).toMatch("nothing to learn from these samples");
  });

  test("of tanh that stay at a level are saturated", () => {
    const { said, flow } = seen(watching("atLevels"));
    expect(flow.layers[0]?.saturated).toBe(3);
    expect(said).toContain(
      "3 of 3 units of layer 1 are saturated: tanh is flat for nearly all of 80 samples.",
    );
  });

  test("of tanh that jump between their levels are saturated while that stops learning", () => {
    expect(seen(watching("jumping")).flow.layers[0]?.saturated).toBe(2);
  });

  test("of the output may rest on the right level, not on the wrong one", () => {
    expect(seen(watching("rightly")).flow.layers[0]?.saturated).toBe(0);
    expect(seen(watching("wrongly")).said[0]).toMatch("1 of 1 units of layer 1 is saturated");
  });
});

describe("a gradient", () => {
  test("that shrinks layer by layer vanishes", () => {
    expect(seen(watching("shrinking")).said[0]).toMatch(
      /The gradient vanishes: in layer 1 it is .* times smaller than in layer 7/,
    );
  });

  test("that grows layer by layer explodes", () => {
    expect(seen(watching("growing")).said[0]).toMatch(
      /The gradient explodes: in layer 1 it is .* times larger than in layer 7/,
    );
  });

  test("without measure is named as such, and nothing else is", () => {
    const { flow } = seen(watching("perfect"));
    for (const gradient of [NaN, Infinity, 1e150]) {
      const layers = flow.layers.map((layer) => ({ ...layer, gradient }));
      const found = findings({ ...flow, layers }, bundles.perfect);
      expect(found.map((one) => one.kind)).toEqual(["endless"]);
    }
  });
});
