import { describe, expect, test } from "vitest";
import { compile, drawn, dues, fitted, troubled } from "../../src/diagram/reading";
import { Engine } from "../../src/engine/engine";
import { compiled, NEURON } from "../python";
import { LAYERS } from "./specs";

const neuron = compiled(NEURON);

function texts(engine: Engine): string[] {
  const read = compile(engine.bundle, engine.bundle.picture);
  return drawn(read, engine.frame(), 0)
    .texts.map((slot) => slot.text)
    .filter(Boolean);
}

describe("the lesson's neuron", () => {
  test("after its pass has the numbers of the explanation", () => {
    const found = texts(new Engine(neuron));
    const wanted = ["w₂ = −0.6", "−0.18", "0.4551", "0.2969", "∂E/∂y = −1.09", "∂y/∂Σ = 0.248"];
    const gradients = ["∂E/∂w₁ = −0.1351", "∂E/∂w₂ = −0.2162", "−0.2702", "∂Σ/∂w₁ = 0.5"];
    for (const text of [...wanted, ...gradients]) expect(found).toContain(text);
  });

  test("shows nothing that is not yet worked out, one operation after the other", () => {
    const engine = new Engine(neuron);
    engine.stage = 0;
    const counts = neuron.stages.map(() => {
      const count = texts(engine).length;
      engine.stage += 1;
      return count;
    });
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    engine.stage = 0;
    expect(texts(engine)).not.toContain("0.4551");
    engine.stage = engine.stages("error");
    expect(texts(engine)).toContain("0.2969");
    expect(texts(engine).some((text) => text.startsWith("∂"))).toBe(false);
  });

  test("shows a weight before and after its update", () => {
    const engine = new Engine(neuron);
    engine.stage = neuron.stages.length;
    expect(texts(engine)).toContain("w₁ = 0.4 → 0.4676");
  });

  test("says where numbers stop being finite", () => {
    const engine = new Engine(neuron);
    engine.run({ do: "edit", name: "dense1.weight", index: [0, 0], value: 1e308 });
    engine.run({ do: "edit", name: "x", index: [0, 0], value: 1e300 });
    const frame = engine.frame();
    expect(neuron.stages[troubled(neuron, frame)]?.name).toBe("dense1.sum");
    const read = compile(neuron, neuron.picture);
    expect(drawn(read, frame, 0).texts.some((slot) => slot.bad && slot.text === "∞")).toBe(true);
  });

  test("has widths and signs of its weights", () => {
    const engine = new Engine(neuron);
    const { lines, largest } = drawn(compile(neuron, neuron.picture), engine.frame(), 0);
    const at = (name: string) =>
      lines[neuron.picture.lines.findIndex((l) => l.name === name && l.kind === "forward")];
    expect(largest.weight).toBe(1);
    expect(at("dense1.weight[0,0]")).toMatchObject({ sign: "positive", width: 2.4 });
    expect(at("dense1.weight[0,1]")).toMatchObject({ sign: "negative", width: 3 });
  });
});

test("each sample of a batch has its own numbers", () => {
  const bundle = compiled(LAYERS);
  const engine = new Engine(bundle);
  const [frame, read] = [engine.frame(), compile(bundle, bundle.picture)];
  const [first, second] = [drawn(read, frame, 0), drawn(read, frame, 1)];
  expect(first.texts.map((t) => t.text)).not.toEqual(second.texts.map((t) => t.text));
});

test("every quantity that is drawn has a time at which it is there", () => {
  const due = dues(neuron);
  expect(due("dense1.weight")).toBe(0);
  expect(due("dense1.sum")).toBeLessThan(due("dense1.output"));
  expect(due("E")).toBeLessThan(due("grad.dense1.output"));
  expect(due("grad.x")).toBe(due("grad.dense1.sum"));
});

test("a number loses one digit, then becomes smaller, where there is no room", () => {
  expect(fitted("{}", [-1.23456], 80, 12)).toEqual({ text: "−1.235", size: 12 });
  const tight = fitted("w = {}", [-1.23456], 30, 12);
  expect(tight.text).toBe("w = −1.23");
  expect(tight.size).toBeLessThan(12);
});
