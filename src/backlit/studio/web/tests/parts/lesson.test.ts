import { expect, test } from "vitest";
import type { Goal } from "../../src/bundle";
import { pieces, reached } from "../../src/parts/lesson";
import type { Frame } from "../../src/engine/messages";

function at(frame: Partial<Frame>, more: { selected?: string; error?: number; known?: boolean }) {
  return {
    frame: { step: 0, changes: [], ...frame } as unknown as Frame,
    selected: more.selected ?? "",
    value: () => more.error ?? 1,
    known: () => more.known ?? false,
  };
}

test("a text is read in pieces", () => {
  expect(pieces("The *slope* is `y(1 − y)`,\n 2 * 3 * 4.")).toEqual([
    { kind: "plain", words: "The " },
    { kind: "stress", words: "slope" },
    { kind: "plain", words: " is " },
    { kind: "code", words: "y(1 − y)" },
    { kind: "plain", words: ", 2 * 3 * 4." },
  ]);
});

const goals: [Goal, ReturnType<typeof at>, boolean][] = [
  [{ error_below: 0.1 }, at({}, { error: 0.09 }), true],
  [{ error_below: 0.1 }, at({}, { error: 0.1 }), false],
  [{ step: 2 }, at({ step: 2 }, {}), true],
  [{ step: 2 }, at({ step: 1 }, {}), false],
  [{ stage: "E" }, at({}, { known: true }), true],
  [{ stage: "E" }, at({}, {}), false],
  [{ select: "E" }, at({}, { selected: "E" }), true],
  [{ change: true }, at({}, {}), false],
  [{ change: true }, at({ changes: [{ step: 0, batchSize: 2 }] }, {}), true],
];
test.each(goals)("the goal %j", (goal, studio, is) => {
  expect(reached(studio, goal)).toBe(is);
});

test("without a goal there is nothing to wait for", () => {
  expect(reached(at({}, {}), null)).toBe(true);
});
