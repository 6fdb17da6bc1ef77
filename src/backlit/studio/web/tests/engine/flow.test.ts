import { describe, expect, test } from "vitest";
import type { Layer, Spec } from "../../src/bundle";
import { Engine } from "../../src/engine/engine";
import type { Flow } from "../../src/engine/flow";
import { findings, relative } from "../../src/views/diagnosis";
import { compiled, SPIRALS } from "../python";

const LOGITS = "binary_cross_entropy_with_logits";

function spec(layer: Layer[], more: Partial<Spec> = {}): Spec {
  const network = { inputs: 2, loss: LOGITS, learning_rate: 0.1, seed: 3 };
  return { network, layer, data: { name: "circles", samples: 100 }, batch_size: 10, ...more };
}

/** Returns what the flow is after some steps, and the words about it. */
function seen(engine: Engine, steps: number): { flow: Flow; said: string[]; warnings: number } {
  engine.trainer.train(steps - engine.trainer.step);
  const { flow } = engine.frame();
  if (!flow) throw new Error("the flow was not watched");
  const found = findings(flow, engine.bundle);
  return {
    flow,
    said: found.map((one) => one.said),
    warnings: found.filter((one) => one.warning).length,
  };
}

function watching(what: Spec): Engine {
  const engine = new Engine(compiled(what));
  engine.run({ do: "watch", maps: [], points: 0, flow: true });
  return engine;
}

const relu = (units: number, bias?: number): Layer => ({
  units,
  activation: "relu",
  ...(bias === undefined ? {} : { bias: Array<number>(units).fill(bias) }),
});

describe("a healthy network gives no alarm", () => {
  const healthy: [string, Spec][] = [
    ["tanh on spirals", SPIRALS],
    ["relu on circles", spec([relu(6), { units: 1 }])],
    ["a sigmoid that has learnt xor", xor()],
    ["four classes of digits' size", digits()],
  ];
  test.each(healthy)("%s, before, while and after it learns", (_, what) => {
    const engine = watching(what);
    for (const steps of [0, 50, 500, 5000]) expect(seen(engine, steps).warnings).toBe(0);
  });

  test("with a gradient of the same size in each layer", () => {
    const { flow } = seen(watching(SPIRALS), 200);
    for (const size of relative(flow)) {
      expect(size).toBeGreaterThan(0.1);
      expect(size).toBeLessThan(10);
    }
  });
});

function xor(): Spec {
  const network = { inputs: 2, loss: "half_mse", learning_rate: 2, seed: 1 };
  const layer = [
    { units: 4, activation: "tanh" },
    { units: 1, activation: "sigmoid" },
  ];
  return { network, layer, data: { name: "xor" }, batch_size: 4 };
}

function digits(): Spec {
  const network = { inputs: 61, loss: "cross_entropy", learning_rate: 0.05 };
  return { network, layer: [relu(16), { units: 10 }], data: { name: "digits" }, batch_size: 32 };
}

describe("the gradient of a layer", () => {
  test("is the length of one sample's, root mean square over the samples", () => {
    const engine = watching(SPIRALS);
    const { flow } = seen(engine, 10);
    const { viewer } = engine;
    let sum = 0;
    const rows = Array.from({ length: flow.rows }, (_, row) => row);
    for (const row of rows) {
      viewer.study([row]);
      for (const g of viewer.program.all("grad.dense1.sum", 1)) sum += g * g;
    }
    expect(flow.layers[0]?.gradient).toBeCloseTo(Math.sqrt(sum / flow.rows), 12);
  });
});

describe("units", () => {
  test("of relu that give 0 for all samples are dead", () => {
    const { said, warnings } = seen(watching(spec([relu(8, -100), { units: 1 }])), 0);
    expect(said).toContain("8 of 8 units of layer 1 are dead: relu gives 0 for all 80 samples.");
    expect(said[0]).toMatch("The gradient stops at layer 1");
    expect(warnings).toBe(2);
  });

  test("are counted one by one; a few dead ones are no warning", () => {
    const first = { ...relu(5), bias: [-100, 1, 1, 1, 1] };
    const { said, warnings } = seen(watching(spec([first, { units: 1 }])), 0);
    expect(said).toEqual(["1 of 5 units of layer 1 are dead: relu gives 0 for all 80 samples."]);
    expect(warnings).toBe(0);
  });

  test("of tanh that stay at a level are saturated", () => {
    const first = { units: 3, activation: "tanh", bias: [20, -20, 20] };
    const { said, flow } = seen(watching(spec([first, { units: 1 }])), 0);
    expect(flow.layers[0]?.saturated).toBe(3);
    expect(said).toContain(
      "3 of 3 units of layer 1 are saturated: tanh is flat for nearly all 80 samples.",
    );
  });

  test("of tanh that jump between the levels are saturated only while that stops learning", () => {
    const weight = [
      [400, 0],
      [0, 400],
    ];
    const first = { units: 2, activation: "tanh", weight };
    const { flow } = seen(watching(spec([first, { units: 1 }])), 0);
    expect(flow.layers[0]?.saturated).toBe(2);
  });

  test("of the output may rest on the right level, not on the wrong one", () => {
    const network = { inputs: 1, loss: "half_mse", learning_rate: 0.1 };
    const layer = [{ units: 1, activation: "sigmoid", weight: [[0]], bias: [9] }];
    const at = (t: number): Spec => ({ network, layer, sample: { x: [1], t: [t] } });
    expect(seen(watching(at(1)), 0).flow.layers[0]?.saturated).toBe(0);
    expect(seen(watching(at(0)), 0).said[0]).toMatch("1 of 1 units of layer 1 are saturated");
  });
});

describe("a gradient", () => {
  const deep = (activation: string, weight: number): Layer[] => [
    ...Array.from({ length: 6 }, (_, n): Layer => {
      const row = Array<number>(n ? 4 : 2).fill(weight);
      return { units: 4, activation, weight: [row, row, row, row] };
    }),
    { units: 1 },
  ];

  test("that shrinks layer by layer vanishes", () => {
    const { said } = seen(watching(spec(deep("sigmoid", 0.1))), 0);
    expect(said[0]).toMatch(
      /The gradient vanishes: in layer 1 it is .* times smaller than in layer 7/,
    );
  });

  test("that grows layer by layer explodes", () => {
    const { said } = seen(watching(spec(deep("linear", 2))), 0);
    expect(said[0]).toMatch(
      /The gradient explodes: in layer 1 it is .* times larger than in layer 7/,
    );
  });

  test("that is not finite is named as such", () => {
    const flow: Flow = {
      step: 0,
      rows: 4,
      layers: [
        {
          name: "dense1",
          units: 1,
          gradient: NaN,
          relative: NaN,
          dead: 0,
          silent: false,
          saturated: 0,
        },
      ],
    };
    expect(findings(flow, compiled(xor()))[0]?.kind).toBe("endless");
  });
});
