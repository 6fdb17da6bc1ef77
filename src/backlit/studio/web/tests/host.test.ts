// The server as the page sees it: there, gone, or another one.

import { afterEach, expect, test, vi } from "vitest";
import type { Spec } from "../src/bundle";
import { notebook, server, start } from "../src/host";
import { text } from "../src/text";

const spec: Spec = { network: { inputs: 2 }, layer: [{ units: 1 }] };

function answering(answer: () => Response): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(() => Promise.resolve(answer()));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

function unreachable(): void {
  vi.stubGlobal(
    "fetch",
    vi.fn(() => Promise.reject(new TypeError("Failed to fetch"))),
  );
}

afterEach(() => vi.unstubAllGlobals());

test("a spec goes out as JSON, and a bundle comes back", async () => {
  const fetched = answering(() => Response.json({ wasm: "AA" }));
  expect(await server.compile?.(spec)).toEqual({ wasm: "AA" });
  const [path, options] = fetched.mock.calls[0] as [string, RequestInit];
  expect(path).toBe("api/bundle");
  expect(options.method).toBe("POST");
  expect(options.headers).toEqual({ "content-type": "application/json" });
  expect(JSON.parse(options.body as string)).toEqual(spec);
});

test("what the server refuses is told in its words", async () => {
  answering(() => new Response("units=0; it must be 1 or larger\n", { status: 422 }));
  await expect(server.compile?.(spec)).rejects.toThrow(/^units=0; it must be 1 or larger$/);
  await expect(start()).rejects.toThrow("units=0");
});

test("without a server the page says what to do", async () => {
  unreachable();
  await expect(server.compile?.(spec)).rejects.toThrow(text.connection.gone);
});

test("a server is here, is gone, or does not know this page", async () => {
  answering(() => new Response(null, { status: 204 }));
  expect(await server.near?.()).toBe("here");
  answering(() => new Response("refused", { status: 403 }));
  expect(await server.near?.()).toBe("strange");
  unreachable();
  expect(await server.near?.()).toBe("gone");
});

test("a notebook is asked by messages, each of which has its own answer", async () => {
  const sent: { id: number; of: string }[] = [];
  const takers = new Set<(message: { id: number; answer?: string; error?: string }) => void>();
  const host = notebook({
    get: () => "",
    send: (message) => sent.push(message),
    on: (_, take) => takers.add(take),
    off: (_, take) => takers.delete(take),
  });
  const answers = [host.compile?.(spec), host.detail?.(spec)];
  expect(sent).toEqual([
    { id: 1, of: "bundle", spec },
    { id: 2, of: "detail", spec },
  ]);
  for (const take of takers) take({ id: 2, answer: '{"rules": {}}' });
  for (const take of takers) take({ id: 1, error: "units=0" });
  expect(await answers[1]).toEqual({ rules: {} });
  await expect(answers[0]).rejects.toThrow("units=0");
  expect(takers.size).toBe(0);
});
