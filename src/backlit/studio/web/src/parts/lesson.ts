// How a lesson's text is read, and whether its goals are reached.

import type { Bundle, Goal } from "../bundle";
import { shown } from "../numbers";
import type { Studio } from "../studio.svelte";
import { filled, text } from "../text";

export interface Piece {
  kind: "plain" | "stress" | "code";
  words: string;
}

/** Returns a paragraph in pieces: `code`, *stress*, and what is neither. */
export function pieces(paragraph: string): Piece[] {
  const parts = paragraph.split(/(`[^`]+`|\*[^*\s](?:[^*]*[^*\s])?\*)/).filter(Boolean);
  return parts.map((part) => {
    if (part.startsWith("`")) return { kind: "code", words: part.slice(1, -1) };
    const stressed = part.length > 2 && part.startsWith("*") && part.endsWith("*");
    return stressed
      ? { kind: "stress", words: part.slice(1, -1) }
      : { kind: "plain", words: part.replace(/\s+/g, " ") };
  });
}

type Seen = Pick<Studio, "frame" | "selected" | "value" | "known">;

/** Tells whether a goal is reached; no goal always is. */
export function reached(studio: Seen, goal: Goal | null): boolean {
  const { frame } = studio;
  if (!goal) return true;
  if (!frame) return false;
  if (goal.error_below != null) return studio.value(["E"]) < goal.error_below;
  if (goal.step != null) return frame.step >= goal.step;
  if (goal.stage != null) return frame.step > 0 || studio.known(goal.stage);
  if (goal.select != null) return studio.selected === goal.select;
  return !goal.change || frame.changes.length > 0;
}

/** Returns a goal in words. */
export function wording(goal: Goal, bundle: Pick<Bundle, "picture">): string {
  const words = text.guide.goals;
  if (goal.error_below != null) return filled(words.error, { value: shown(goal.error_below, 4) });
  if (goal.step != null) return filled(words.step, { value: goal.step });
  if (goal.stage != null) return filled(words.stage, { value: quantity(goal.stage, bundle) });
  if (goal.select != null) return filled(words.select, { value: symbol(goal.select, bundle) });
  return words.change;
}

function quantity(name: string, bundle: Pick<Bundle, "picture">): string {
  const words = text.guide.goals;
  const value = symbol(name.replace(/^(grad|new)\./, ""), bundle);
  if (name.startsWith("grad.")) return filled(words.gradients, { value });
  return name.startsWith("new.") ? filled(words.updated, { value }) : value;
}

/** Returns the symbol that the diagram has for an element, or for all of a lone neuron. */
function symbol(name: string, { picture }: Pick<Bundle, "picture">): string {
  const named = (other: string) => other === name || other === `${name}[0]`;
  const node = picture.nodes.find((n) => named(n.name) && n.role !== "activation");
  if (node) return node.symbol;
  const equation = picture.texts.find((t) => named(t.name) && t.shows === "equation");
  return equation?.text.split(" = ")[0] ?? name;
}
