// What was changed by hand, taken back; and a state opened as it was.

import type { Bundle } from "../bundle";
import type { Studio } from "../studio.svelte";
import { reseeded, same } from "../spec";
import { text } from "../text";
import { requireFitting, StateError, type State } from "./state";

/** Returns the state of a studio as it is. */
export function state(studio: Studio): State | undefined {
  const { frame, bundle, row, selected, lesson } = studio;
  const guided = lesson ? { lesson, guided: { ...studio.guided } } : {};
  if (!frame) return undefined;
  const { changes, step, stage } = frame;
  const { spec } = bundle;
  return { version: 1, spec, changes, step, stage, row, selected, ...guided };
}

/** Takes back the last gesture by hand; returns whether there was one. */
export function undo(studio: Studio): boolean {
  if (!studio.frame?.changes.length) return false;
  studio.send({ do: "undo" });
  return true;
}

/** Opens a state: its network first, then what was done with it. Throws StateError. */
export async function open(studio: Studio, wanted: State): Promise<void> {
  if (!(await bring(studio, wanted))) throw new StateError(studio.message || text.connection.gone);
  requireFitting(wanted, studio.bundle);
  const { changes, step, stage } = wanted;
  studio.lesson = wanted.lesson ?? studio.lesson;
  const last = (studio.lesson?.step.length ?? 1) - 1;
  const { at, furthest } = wanted.guided ?? studio.guided;
  studio.guided = { at: Math.min(at, last), furthest: Math.min(furthest, last) };
  studio.send({ do: "restart", changes, step, stage: within(studio.bundle, stage) });
  [studio.row, studio.selected] = [wanted.row, wanted.selected];
}

function within(bundle: Bundle, stage: number): number {
  return Math.min(stage, bundle.stages.length);
}

/** Has the network of a state compiled, unless it is there already. */
async function bring(studio: Studio, { spec }: State): Promise<boolean> {
  if (same(spec, studio.bundle.spec)) return true;
  const { others, spec: own } = studio.bundle;
  const seeded = others.find((other) => same(reseeded(own, other.seed), spec));
  if (seeded) return (await studio.reseed(seeded), true);
  if (!studio.host.compile) throw new StateError(text.address.elsewhere);
  return studio.change(spec);
}
