// @vitest-environment jsdom
// The keys of a studio inside a notebook: what it takes, and what it leaves to the notebook.

import { beforeEach, expect, test, vi } from "vitest";
import { isUndo, pressed, taken } from "../src/keys";
import type { Studio } from "../src/studio.svelte";

const send = vi.fn();
const studio = {
  selected: "",
  frame: { running: false, last: 4, changes: [], step: 0, stage: 0 },
  speed: 1,
  send,
  hides: () => false,
  locks: () => false,
};

beforeEach(() => {
  studio.selected = "";
  send.mockClear();
  document.body.innerHTML = `<main role="main"><div class="studio">
    <section></section><div role="group"><button></button></div><input /><svg></svg><div role="tree"></div>
  </div></main>`;
});

/** Presses a key on an element of the studio; returns what the studio did with it. */
function press(on: string, key: string, held: KeyboardEventInit = {}) {
  const root = document.querySelector(".studio")!;
  const event = new KeyboardEvent("keydown", { key, ...held });
  Object.defineProperty(event, "target", { value: root.querySelector(on) ?? root });
  const own = studio as unknown as Studio;
  return { taken: taken(own, event, root), done: pressed(own, event, root) };
}

test("the roles that a notebook puts around the studio take no key from it", () => {
  expect(press("section", "ArrowRight")).toEqual({ taken: true, done: true });
  expect(send).toHaveBeenCalledWith({ do: "go", stride: "operation", back: false });
});

test("what has keys of its own in the studio keeps them, and the notebook gets none", () => {
  for (const on of ["input", "svg", "[role=tree]"])
    expect(press(on, "ArrowRight")).toEqual({ taken: true, done: false });
});

test("a notebook does not act on a key of a button, or on a letter", () => {
  for (const key of ["Enter", " ", "ArrowDown", "d"])
    expect(press("button", key)).toEqual({ taken: true, done: false });
});

test("after a click on a button of the player the arrow keys go through time", () => {
  expect(press("button", "ArrowRight")).toEqual({ taken: true, done: true });
  expect(press("button", " ").done).toBe(false); // that is the button's own
});

test("only the chords that the studio knows are its own", () => {
  const held = { ctrlKey: true };
  for (const key of ["ArrowLeft", "z"]) expect(press("section", key, held).taken).toBe(true);
  for (const key of ["s", "p", "Enter"]) expect(press("section", key, held).taken).toBe(false);
});

test("in a field, undo is the field's, and other chords are the notebook's", () => {
  expect(press("input", "z", { ctrlKey: true })).toEqual({ taken: true, done: false });
  expect(press("input", "Z", { metaKey: true }).taken).toBe(true);
  expect(press("input", "s", { ctrlKey: true }).taken).toBe(false);
});

const UNDO = [
  ["z", { ctrlKey: true }],
  ["Z", { ctrlKey: true }], // with Caps Lock
  ["z", { metaKey: true }],
] as const;

test("a change is taken back from the tree too, and from a field in which nothing is typed", () => {
  const changes = studio.frame.changes as object[];
  changes.push({});
  document.querySelector("input")!.dataset["written"] = "";
  for (const on of ["[role=tree]", "input"])
    for (const [key, held] of UNDO) {
      expect(press(on, key, held)).toEqual({ taken: true, done: true });
      expect(send).toHaveBeenLastCalledWith({ do: "undo" });
    }
  changes.pop();
});

test("Tab always leads on, and Escape leads out once nothing is selected", () => {
  for (const on of ["section", "input"]) expect(press(on, "Tab").taken).toBe(false);
  studio.selected = "E";
  expect(press("section", "Escape").taken).toBe(true);
  expect(studio.selected).toBe("");
  expect(press("section", "Escape").taken).toBe(false);
});

test("redo and other letters are no undo", () => {
  const event = (key: string, held: KeyboardEventInit) =>
    new KeyboardEvent("keydown", { key, ...held });
  for (const [key, held] of UNDO) expect(isUndo(event(key, held))).toBe(true);
  expect(isUndo(event("Z", { ctrlKey: true, shiftKey: true }))).toBe(false);
  expect(isUndo(event("z", {}))).toBe(false);
  expect(isUndo(event("y", { metaKey: true }))).toBe(false);
});
