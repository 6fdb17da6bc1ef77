// The state of a studio: one change after another, each built on the one before; the old
// picture until the new one is there; and what is shown once it is asked for comes last.

import { beforeEach, expect, test, vi } from "vitest";
import type { Bundle, Detail, Spec } from "../src/bundle";
import type { Command } from "../src/engine/messages";
import type { Change } from "../src/engine/trainer";
import { Gone, type Host } from "../src/host";
import { withLayer, withOneLayerMore, withOptimizer } from "../src/spec";
import { Studio } from "../src/studio.svelte";
import { compiledAll, NEURON, SPIRALS } from "./python";

type Draw = (changes?: Change[]) => void;
const workers: { draw: Draw; closed: boolean }[] = [];
const sent: Command[] = [];
vi.mock("../src/engine/client", () => ({
  Client: class {
    own: { draw: Draw; closed: boolean };
    constructor(onframe: (frame: object) => void) {
      const draw: Draw = (changes = []) =>
        onframe({ changes, values: new Float64Array(), batchSize: 1 });
      workers.push((this.own = { draw, closed: false }));
    }
    send = (command: Command) => sent.push(command);
    close = () => (this.own.closed = true);
  },
  warm: vi.fn(),
  cool: vi.fn(),
}));

const whole = compiledAll({
  neuron: NEURON,
  spirals: SPIRALS,
  noisy: { ...SPIRALS, data: { name: "spirals", samples: 90, seed: 1, noise: 0.3 } },
  plain: withOptimizer(SPIRALS, { kind: "SGD" }),
});
const bare = (bundle: Bundle): Bundle => ({ ...bundle, detail: null });
const [neuron, spirals, noisy, plain] = [
  bare(whole.neuron),
  bare(whole.spirals),
  bare(whole.noisy),
  bare(whole.plain),
];

interface Asked<Answer> {
  spec: Spec;
  answer: (found: Answer) => void;
  fail: (why: Error) => void;
}
let details: Asked<Detail>[];
let bundles: Asked<Bundle>[];
const host: Host = {
  kind: "server",
  compile: (spec) => new Promise((answer, fail) => bundles.push({ spec, answer, fail })),
  detail: (spec) => new Promise((answer, fail) => details.push({ spec, answer, fail })),
};

beforeEach(() => {
  [details, bundles] = [[], []];
  workers.length = 0;
});
const settled = () => new Promise((resolve) => setTimeout(resolve));
const draw: Draw = (changes) => workers.at(-1)?.draw(changes);

/** Answers the last request for a network, and draws it. */
async function come(bundle: Bundle, changes?: Change[]): Promise<void> {
  await settled();
  bundles.at(-1)?.answer(bundle);
  await settled();
  draw(changes);
  await settled();
}

function opened(bundle: Bundle): Studio {
  const studio = new Studio(host, bundle);
  draw();
  return studio;
}

test("a page that has all asks for nothing", () => {
  const studio = opened(whole.neuron);
  expect([studio.near, studio.rules]).toEqual([whole.neuron.detail, whole.neuron.detail.rules]);
  expect(details).toEqual([]);
});

test("the detail is asked for once, when there are numbers", async () => {
  const studio = new Studio(host, neuron);
  expect(details).toEqual([]);
  draw();
  draw();
  expect(studio.rules).toBeUndefined();
  expect(details.map((one) => one.spec)).toEqual([neuron.spec]);
  details[0]?.answer(whole.neuron.detail);
  await settled();
  expect(studio.rules).toBe(whole.neuron.detail.rules);
});

test("the detail of a network is gone with it, and comes too late after it", async () => {
  const studio = opened(neuron);
  void studio.change(spirals.spec);
  await come(spirals);
  expect(details.map((one) => one.spec)).toEqual([neuron.spec, spirals.spec]);
  details[0]?.answer(whole.neuron.detail);
  await settled();
  expect([studio.near, studio.rules]).toEqual([undefined, undefined]);
  details[1]?.answer(whole.spirals.detail);
  await settled();
  expect(studio.rules).toBe(whole.spirals.detail.rules);
});

test("other data and other first weights need no other detail", async () => {
  const studio = opened(spirals);
  const [other] = spirals.others;
  if (other) void studio.reseed(other);
  draw();
  await settled();
  expect(studio.bundle.spec.network.seed).toBe(other?.seed);
  details[0]?.answer(whole.spirals.detail);
  await settled();
  void studio.change(noisy.spec);
  await come(noisy);
  expect(studio.bundle.spec.data?.noise).toBe(0.3);
  expect(studio.rules).toBe(whole.spirals.detail.rules);
  expect(details.length).toBe(1);
});

test("another optimizer needs other rules; what was opened stays open meanwhile", async () => {
  const studio = opened(whole.spirals);
  const { picture } = studio.bundle;
  void studio.change(plain.spec);
  await come(plain);
  expect(studio.bundle.picture).toBe(picture);
  expect([studio.near, studio.rules]).toEqual([whole.spirals.detail, undefined]);
  expect(details.map((one) => one.spec)).toEqual([plain.spec]);
});

test("why there is no detail is told", async () => {
  const studio = opened(neuron);
  details[0]?.fail(new Error("the studio has ended"));
  await settled();
  expect(studio.message).toBe("the studio has ended");
});

test("a server that was gone is asked again", async () => {
  vi.useFakeTimers();
  const studio = opened(neuron);
  details[0]?.fail(new Gone("backlit play has ended"));
  await vi.advanceTimersByTimeAsync(1000);
  draw();
  expect([studio.message, details.length]).toEqual(["", 1]);
  await vi.advanceTimersByTimeAsync(1000);
  details[1]?.answer(whole.neuron.detail);
  await vi.advanceTimersByTimeAsync(0);
  expect(studio.rules).toBe(whole.neuron.detail.rules);
  vi.useRealTimers();
});

test("the old picture stays until the new one has numbers", async () => {
  const studio = opened(neuron);
  const changing = studio.change(spirals.spec);
  bundles[0]?.answer(spirals);
  await settled();
  expect([studio.bundle, studio.busy, workers[0]?.closed]).toEqual([neuron, true, false]);
  draw();
  expect(await changing).toBe(true);
  expect([studio.bundle, studio.busy, workers[0]?.closed]).toEqual([spirals, false, true]);
  workers[0]?.draw(); // a frame that was on its way
  expect(studio.bundle).toBe(spirals);
});

test("changes in a row build on each other, and are compiled one after another", async () => {
  const studio = opened(spirals);
  const first = studio.change(withOneLayerMore(studio.spec));
  const second = studio.change(withLayer(studio.spec, 0, { units: 5 }));
  const third = studio.change(withLayer(studio.spec, 1, { units: 6 }));
  expect(bundles.length).toBe(1);
  bundles[0]?.answer(spirals);
  await settled();
  expect(bundles.length).toBe(2); // the second was passed over
  expect(bundles[1]?.spec.layer.map((layer) => layer.units)).toEqual([5, 6, 8, 1]);
  await come(spirals);
  expect(await Promise.all([first, second, third])).toEqual([false, false, true]);
});

test("a learning rate that is set meanwhile is that of the network on its way too", async () => {
  const studio = opened(spirals);
  studio.steer({ learningRate: 0.2 });
  expect(sent.at(-1)).toEqual({ do: "set", learningRate: 0.2 });
  expect(bundles).toEqual([]);
  void studio.change(withOneLayerMore(studio.spec));
  studio.steer({ learningRate: 0.3 });
  studio.steer({ batchSize: 7 });
  bundles[0]?.answer(spirals);
  await settled();
  const { network, layer, batch_size } = bundles[1]?.spec ?? spirals.spec;
  expect([network.learning_rate, layer.length, batch_size]).toEqual([0.3, 4, 7]);
});

test("what is refused is told, and the settings are the old ones again", async () => {
  const studio = opened(spirals);
  const changing = studio.change(withLayer(studio.spec, 0, { units: 1e9 }));
  expect(studio.spec.layer[0]?.units).toBe(1e9);
  bundles[0]?.fail(new Error("too large"));
  expect(await changing).toBe(false);
  expect([studio.message, studio.busy, studio.spec.layer[0]?.units]).toEqual([
    "too large",
    false,
    8,
  ]);
});

test("what was set by hand is set in the next network before it is shown", async () => {
  const studio = opened(spirals);
  const changes = [{ step: 0, name: "dense1.bias", index: [2], value: 3 }];
  draw(changes);
  studio.selected = "dense1.bias[2]";
  void studio.change(spirals.spec);
  await come(noisy);
  expect(studio.bundle.spec).toBe(spirals.spec); // not shown without it
  expect(sent.at(-1)).toEqual({ do: "restart", changes, step: 0 });
  draw(changes);
  expect(studio.bundle.spec).toBe(noisy.spec);
  expect(studio.selected).toBe("dense1.bias[2]");
});
