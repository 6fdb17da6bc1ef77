// What just happened: the operation that was done last, in words and as an equation.

import type { Stage } from "../bundle";
import { text } from "../text";
import { errors, forward, oneStep, symbol, updates, type Line } from "./derivation";
import { found, parsed, type Element } from "./element";
import type { Moment } from "./moment";
import { ERROR } from "./ways";

export interface Said {
  words: string;
  line: Line | undefined;
  /** The symbol of the element that the equation is of, where the operation was on several. */
  one: { element: string; count: number } | undefined;
}

type Kind = Exclude<keyof typeof text.sentence, "start" | "one" | "running">;

/** Returns what kind of operation a stage is, and the quantity that it is about. */
export function kindOf(stage: Stage): { kind: Kind; name: string } {
  const [, prefix, name = ""] =
    /^(grad\.|new\.state\.[a-z_]+\.|new\.)?(.*)$/.exec(stage.name) ?? [];
  const part = name.split(".").at(-1) ?? "";
  if (prefix === "new.") return { kind: "moved", name };
  if (prefix?.startsWith("new.state")) return { kind: "state", name };
  if (prefix === "grad.") {
    const kinds: Record<string, Kind> = { sum: "backSum", weight: "backWeight", bias: "backBias" };
    return { kind: kinds[part] ?? "backOutput", name };
  }
  if (name.startsWith(ERROR)) return { kind: "error", name };
  return { kind: part === "sum" ? "sum" : "output", name };
}

/** Returns the element of a quantity that is told of: that of the selected neuron, or the first. */
export function told(name: string, selected: string, moment: Moment): Element | undefined {
  const rule = moment.rule(name);
  if (!rule) return undefined;
  const asked = parsed(selected);
  const near = asked.name.split(".")[0] === name.split(".")[0] ? asked.places : [];
  const letters = rule.letters.filter((letter) => letter !== "n");
  const places = letters.map((_, axis) => near[axis] ?? 0);
  return found(places.length ? `${name}[${places.join(",")}]` : name, moment);
}

export function said(
  stage: Stage | undefined,
  selected: string,
  count: (name: string) => number,
  moment: Moment,
): Said {
  if (!stage) return { words: text.sentence.start, line: undefined, one: undefined };
  const { kind: usual, name } = kindOf(stage);
  const kind = kindIn(usual, name, moment);
  const element = told(name, selected, moment);
  const line = element && equationOf(kind, stage, element, moment);
  const many = count(name);
  const one =
    element && line && many > 1
      ? { element: symbol(element, moment).text, count: many }
      : undefined;
  return { words: text.sentence[kind], line, one };
}

/** Of a linear layer output and sum are one: there is no activation to go through. */
function kindIn(kind: Kind, name: string, moment: Moment): Kind {
  if (kind === "output" && moment.named(name) !== name) return "same";
  const output = name.replace(/sum$/, "output");
  return kind === "backSum" && moment.named(output) === name ? "backSame" : kind;
}

/** Returns the part of E that is worked out first: of a batch that of one sample. */
function first(element: Element, moment: Moment): Element {
  return element.name === ERROR ? (errors(moment)[0] ?? element) : element;
}

function equationOf(kind: Kind, stage: Stage, element: Element, moment: Moment): Line | undefined {
  if (kind === "moved" || kind === "state") {
    const steps = moment.update(element.name);
    const at = steps.findIndex(
      ({ value }) => Array.isArray(value[0]) && value[0][0] === stage.name,
    );
    return updates(element, moment)[at];
  }
  if (!stage.name.startsWith("grad.")) return forward(first(element, moment), moment);
  return oneStep(element, moment);
}
