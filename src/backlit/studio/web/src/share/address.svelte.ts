// The address of the page follows the state while it rests, and is read when it changes.

import { filled, text } from "../text";
import type { Studio } from "../studio.svelte";
import { open, state } from "./history";
import { checked, decoded, encoded, MOST, StateError } from "./state";

const REST = 400; // milliseconds without change

let begun: Promise<string> | undefined; // what the page opened with: that needs no address

/** Opens the session that the studio was started with, if with one. */
export async function begin(studio: Studio): Promise<void> {
  const { session = {}, spec } = studio.bundle;
  if (!Object.keys(session).length) return;
  await saying(studio, text.address.started, () => open(studio, checked({ ...session, spec })));
}

/** Does something with a state, and says what is wrong with it if it cannot be done. */
async function saying(studio: Studio, words: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    studio.message = filled(words, { why: error.message.replace(/\.$/, "") });
  }
}

/** Opens the state that the address holds, if it holds one. */
export async function fromAddress(studio: Studio): Promise<void> {
  if (!location.hash.slice(1)) return;
  const { hash } = location;
  await saying(studio, text.address.broken, async () => open(studio, await decoded(hash)));
}

/** Writes the state into the address; of one too large nothing, lest it be an old one. */
async function toAddress(studio: Studio): Promise<void> {
  const now = state(studio);
  if (!now) return;
  const hash = await encoded(now);
  const wanted = hash.length > MOST || hash === (await begun) ? "" : `#${hash}`;
  if (wanted !== location.hash) history.replaceState(null, "", wanted || location.pathname);
}

/** Keeps address and state together, from an effect; returns what ends it. */
export function follow(studio: Studio): () => void {
  const { frame, selected, row, bundle, guided } = studio;
  void [selected, row, bundle, guided];
  const first = state(studio);
  if (!frame || !first || frame.running) return () => undefined;
  begun ??= location.hash ? Promise.resolve("") : encoded(first);
  const timer = setTimeout(() => void toAddress(studio), REST);
  return () => clearTimeout(timer);
}
