import { expect, test } from "vitest";
import type { Bundle } from "../../src/bundle";
import {
  checked,
  decoded,
  encoded,
  fromSessionFile,
  requireFitting,
  sessionFile,
  StateError,
  type State,
} from "../../src/share/state";
import { NEURON } from "../python";

const STATE: State = {
  version: 1,
  spec: NEURON,
  changes: [
    { step: 0, name: "dense1.weight", index: [0, 1], value: -0.1 + 0.2 },
    { step: 3, learningRate: 1e-300 },
    { step: 3, batchSize: 2 },
  ],
  step: 7,
  stage: 4,
  row: 0,
  selected: "dense1.weight[0,1]",
};

function bundle(): Bundle {
  const place = (shape: number[]) => ({ offset: 0, shape, strides: [] });
  return {
    first: { "dense1.weight": [0, 0], "dense1.bias": [0] },
    layout: { "dense1.weight": place([1, 2]), x: place([256, 2]), t: place([256, 1]) },
    table: { rows: 1 },
  } as unknown as Bundle;
}

test("an address holds the whole state, every number to the last bit", async () => {
  expect(await decoded(`#${await encoded(STATE)}`)).toEqual(STATE);
});

test("an address is short and needs no escaping", async () => {
  const hash = await encoded(STATE);
  expect(hash).toMatch(/^[\w.-]+$/);
  expect(hash.length).toBeLessThan(500);
});

test("an address with any letter changed or lost is refused", async () => {
  const hash = await encoded(STATE);
  for (let n = hash.indexOf(".") + 1; n < hash.length; n += 7) {
    const other = hash[n] === "A" ? "B" : "A";
    const changed = hash.slice(0, n) + other + hash.slice(n + 1);
    await expect(decoded(changed)).rejects.toThrow(StateError);
    await expect(decoded(hash.slice(0, n))).rejects.toThrow(StateError);
  }
});

test("an address of another version is said to be one", async () => {
  await expect(decoded("2.abc.def")).rejects.toThrow("another version");
});

test("a session file gives back the state", () => {
  expect(fromSessionFile(sessionFile(STATE))).toEqual(STATE);
});

test.each([
  ["not JSON", "{"],
  ["another file", "{}"],
  ["nothing", "null"],
])("a session file that is %s is refused", (_, content) => {
  expect(() => fromSessionFile(content)).toThrow(StateError);
});

test.each([
  ["spec", { spec: { network: {} } }],
  ["step", { step: -1 }],
  ["step", { step: 1.5 }],
  ["stage", { stage: "E" }],
  ["changes", { changes: [{ step: 0, name: "x", index: [0], value: null }] }],
  [
    "changes",
    {
      changes: [
        { step: 2, batchSize: 1 },
        { step: 1, batchSize: 1 },
      ],
    },
  ],
  ["changes", { changes: [{ step: 2, batchSize: 0 }] }],
  ["lesson", { lesson: { title: 3 } }],
  ["guided", { guided: { at: 2, furthest: 1 } }],
])("a state with a wrong %s names it", (part, wrong) => {
  expect(() => checked({ ...STATE, ...wrong })).toThrow(part);
});

test.each([
  ["dense1.weight", [1, 0]],
  ["dense1.weight", [0]],
  ["x", [1, 0]],
  ["grad.dense1.weight", [0, 0]],
  ["nothing", [0]],
])("a change of %s%j, which is not there, is refused", (name, index) => {
  const changes = [{ step: 0, name, index, value: 1 }];
  expect(() => requireFitting({ ...STATE, changes }, bundle())).toThrow(StateError);
});

test("changes of what is there are taken", () => {
  const changes = [
    { step: 0, name: "x", index: [0, 1], value: 1 },
    { step: 0, name: "dense1.weight", index: [0, 1], value: 1 },
  ];
  expect(() => requireFitting({ ...STATE, changes }, bundle())).not.toThrow();
});

test("the place in a lesson comes along", async () => {
  const guided = { at: 1, furthest: 3 };
  expect((await decoded(await encoded({ ...STATE, guided }))).guided).toEqual(guided);
});
