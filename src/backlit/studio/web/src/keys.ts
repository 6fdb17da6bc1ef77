// The keys of the studio. They act where nothing that has keys of its own has the focus.

import type { Stride } from "./engine/messages";
import type { Studio } from "./studio.svelte";
import { undo } from "./share/history";

const OWN = "input, select, textarea, dialog, summary, [role], svg, [contenteditable]";

function stride(event: KeyboardEvent): Stride {
  if (event.ctrlKey) return event.shiftKey ? "epoch" : "update";
  return event.shiftKey ? "pass" : "operation";
}

/** Does what a key stands for; returns whether it stands for anything. */
export function pressed(studio: Studio, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.altKey || event.metaKey) return false;
  const element = event.target instanceof Element ? event.target : null;
  if (element?.closest(OWN)) return false;
  if (event.key === "Escape") return (studio.selected = "") === "";
  if (event.key === "z" && event.ctrlKey && !event.shiftKey) return undo(studio);
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
  else if (event.key === "Home" && allowed("time")) studio.send({ do: "seek", step: 0 });
  else if (event.key === "End" && allowed("time"))
    studio.send({ do: "seek", step: frame?.last ?? 0 });
  else return false;
  return true;
}
