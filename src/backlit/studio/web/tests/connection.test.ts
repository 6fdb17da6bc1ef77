// @vitest-environment jsdom
// Looking after the server: a page notices that it has gone, and that it is back.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connection } from "../src/connection.svelte";
import { page, type Nearness } from "../src/host";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function watched(near: () => Promise<Nearness>) {
  const connection = new Connection({ kind: "server", near });
  return { connection, stop: connection.watch() };
}

test("the state follows the server, and no question is asked after the end", async () => {
  let answer: Nearness = "here";
  const near = vi.fn(() => Promise.resolve(answer));
  const { connection, stop } = watched(near);
  for (const next of ["gone", "gone", "strange", "here"] as const) {
    answer = next;
    await vi.advanceTimersByTimeAsync(2000);
    expect(connection.state).toBe(next);
  }
  stop();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(near).toHaveBeenCalledTimes(4);
});

test("a hidden page asks nothing, and looks when it is shown again", async () => {
  const near = vi.fn(() => Promise.resolve<Nearness>("gone"));
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  const { connection, stop } = watched(near);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(near).not.toHaveBeenCalled();
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(0);
  expect(connection.state).toBe("gone");
  stop();
});

test("a page without a server has nothing to ask", async () => {
  const connection = new Connection(page);
  connection.watch()();
  await connection.look();
  expect(connection.state).toBe("here");
});
