// What can be seen at once, in a window and in a frame as tall as a whole notebook.

import { afterEach, expect, test, vi } from "vitest";
import { endless, seen } from "../src/seen";

afterEach(() => vi.unstubAllGlobals());

test("a window is seen whole, also one that is zoomed out", () => {
  vi.stubGlobal("screen", { height: 1080, availHeight: 1000 });
  for (const inner of [400, 1080, 2160]) {
    expect(endless(inner)).toBe(false);
    expect(seen(inner)).toBe(inner);
  }
});

test("of a frame as tall as a notebook no more is seen than a screen shows", () => {
  vi.stubGlobal("screen", { height: 1080, availHeight: 1000 });
  expect(endless(13_000)).toBe(true);
  expect(seen(13_000)).toBe(700);
});
