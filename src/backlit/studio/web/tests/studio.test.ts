// What is shown of a network once it is asked for comes after its first picture.

import { beforeEach, expect, test, vi } from "vitest";
import type { Bundle, Detail, Spec } from "../src/bundle";
import type { Command } from "../src/engine/messages";
import type { Change } from "../src/engine/trainer";
import { Gone, type Host } from "../src/host";
import { Studio } from "../src/studio.svelte";
import { compiledAll, NEURON, SPIRALS } from "./python";

const drawn: ((changes?: Change[]) => void)[] = []; // what workers do that have numbers
const sent: Command[] = [];
vi.mock("../src/engine/client", () => ({
  Client: class {
    constructor(onframe: (frame: object) => void) {
      drawn.push((changes = []) => onframe({ changes, values: new Float64Array(), batchSize: 1 }));
    }
    send = (command: Command) => sent.push(command);
    close = vi.fn();
  },
  warm: vi.fn(),
  cool: vi.fn(),
}));

const whole = compiledAll({ neuron: NEURON, spirals: SPIRALS });
const [neuron, spirals] = [whole.neuron, whole.spirals].map((bundle): Bundle => ({
  ...bundle,
  detail: null,
})) as [Bundle, Bundle];

/** A host whose answers are given by hand, in the order in which they are asked for. */
let asked: { spec: Spec; answer: (detail: Detail) => void; fail: (why: Error) => void }[];
const host: Host = {
  kind: "server",
  compile: () => Promise.resolve(spirals),
  detail: (spec) => new Promise((answer, fail) => asked.push({ spec, answer, fail })),
};

beforeEach(() => (asked = []));
const draw = (changes?: Change[]) => drawn.at(-1)?.(changes);
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a page that has all asks for nothing", () => {
  const studio = new Studio(host, whole.neuron);
  draw();
  expect(studio.detail).toBe(whole.neuron.detail);
  expect(asked).toEqual([]);
});

test("the detail is asked for once, when there are numbers", async () => {
  const studio = new Studio(host, neuron);
  expect(asked).toEqual([]);
  draw();
  draw();
  expect([studio.detail, ...asked.map((one) => one.spec)]).toEqual([undefined, neuron.spec]);
  asked[0]?.answer(whole.neuron.detail);
  await settled();
  expect(studio.detail).toBe(whole.neuron.detail);
});

test("the detail of a network is gone with it, and comes too late after it", async () => {
  const studio = new Studio(host, neuron);
  draw();
  await studio.change(spirals.spec);
  draw();
  expect(asked.map((one) => one.spec)).toEqual([neuron.spec, spirals.spec]);
  asked[0]?.answer(whole.neuron.detail);
  await settled();
  expect(studio.detail).toBeUndefined();
  asked[1]?.answer(whole.spirals.detail);
  await settled();
  expect(studio.detail).toBe(whole.spirals.detail);
});

test("other first weights need no other detail", async () => {
  const studio = new Studio(host, spirals);
  draw();
  const [other] = spirals.others;
  if (other) studio.reseed(other);
  draw();
  asked[0]?.answer(whole.spirals.detail);
  await settled();
  expect(studio.bundle.spec.network.seed).toBe(other?.seed);
  expect(studio.detail).toBe(whole.spirals.detail);
  expect(asked.length).toBe(1);
});

test("why there is no detail is told", async () => {
  const studio = new Studio(host, neuron);
  draw();
  asked[0]?.fail(new Error("the studio has ended"));
  await settled();
  expect(studio.message).toBe("the studio has ended");
});

test("a server that was gone is asked again", async () => {
  vi.useFakeTimers();
  const studio = new Studio(host, neuron);
  draw();
  asked[0]?.fail(new Gone("backlit play has ended"));
  await vi.advanceTimersByTimeAsync(1000);
  draw();
  expect([studio.message, asked.length]).toEqual(["", 1]);
  await vi.advanceTimersByTimeAsync(1000);
  asked[1]?.answer(whole.neuron.detail);
  await vi.advanceTimersByTimeAsync(0);
  expect(studio.detail).toBe(whole.neuron.detail);
  vi.useRealTimers();
});

test("what was set by hand is set in the next network too", async () => {
  const studio = new Studio(host, spirals);
  const changes = [{ step: 0, name: "dense1.bias", index: [2], value: 3 }];
  draw(changes);
  await studio.change(spirals.spec);
  expect(sent.at(-1)).toEqual({ do: "restart", changes, step: 0 });
});
