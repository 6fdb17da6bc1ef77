// The keys of the studio. They act where nothing that has keys of its own has the focus.
// A notebook around has keys too: what the studio takes must not also reach it.

import type { Stride } from "./engine/messages";
import type { Studio } from "./studio.svelte";
import { undo } from "./share/history";

const OWN = [
  "input, select, textarea, dialog, summary, svg, [contenteditable]",
  "[role=tree], [role=application], [role=dialog], [role=group][tabindex]", // this one scrolls
].join();

function stride(event: KeyboardEvent): Stride {
  if (event.ctrlKey) return event.shiftKey ? "epoch" : "update";
  return event.shiftKey ? "pass" : "operation";
}

/** Returns what has keys of its own, not counting what a notebook puts around the studio. */
function owner(event: KeyboardEvent, root: Element): Element | null {
  const found = event.target instanceof Element ? event.target.closest(OWN) : null;
  return found && root.contains(found) ? found : null;
}

// Select all, undo and redo are theirs.
const WRITTEN = "textarea, input:not([type=range], [type=checkbox], [type=radio])";

/** Tells whether a chord means undo: Ctrl + Z, on a Mac ⌘ Z. */
export function isUndo(event: KeyboardEvent): boolean {
  const held = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  return held && event.key.toLowerCase() === "z";
}

/** Tells whether a key takes back a change, and not what is being written in a field. */
function undoes(event: KeyboardEvent, own: Element | null): boolean {
  if (!isUndo(event)) return false;
  if (!own?.matches(WRITTEN)) return !own?.closest("dialog");
  return own instanceof HTMLInputElement && own.dataset["written"] === own.value;
}

/** Tells whether a key is the studio's alone; chords that it does not know go on. */
export function taken(studio: Studio, event: KeyboardEvent, root: Element): boolean {
  const chord = event.ctrlKey || event.altKey || event.metaKey;
  if (/^(Tab|F\d+)$/.test(event.key)) return false;
  const own = owner(event, root);
  if (undoes(event, own)) return true;
  if (own) return !chord || (own.matches(WRITTEN) && /^[ayz]$/i.test(event.key));
  if (event.key === "Escape") return studio.selected !== ""; // else it leads out
  if (chord) return event.ctrlKey && /^Arrow(Left|Right)$/.test(event.key);
  return true;
}

/** Does what a key stands for; returns whether it stands for anything. */
export function pressed(studio: Studio, event: KeyboardEvent, root: Element): boolean {
  if (event.defaultPrevented) return false;
  const element = event.target instanceof Element ? event.target : null;
  const own = owner(event, root);
  if (undoes(event, own)) return undo(studio);
  if (own || event.altKey || event.metaKey) return false;
  if (event.key === "Escape") return (studio.selected = "") === "";
  return time(studio, event, element);
}

function time(studio: Studio, event: KeyboardEvent, element: Element | null): boolean {
  const { frame } = studio;
  const allowed = (control: string) => !studio.hides(control) && !studio.locks(control);
  const onButton = element?.closest("button, a") !== null && element !== null;
  if (event.key === " " && !onButton && allowed("play")) {
    const stepsPerSecond = studio.speed;
    studio.send(frame?.running ? { do: "pause" } : { do: "play", stepsPerSecond });
  } else if (/^Arrow(Left|Right)$/.test(event.key) && allowed("steps"))
    studio.send({ do: "go", stride: stride(event), back: event.key === "ArrowLeft" });
  else if (event.key === "Home" && allowed("time")) studio.reset();
  else if (event.key === "End" && allowed("time"))
    studio.send({ do: "seek", step: frame?.last ?? 0 });
  else return false;
  return true;
}
