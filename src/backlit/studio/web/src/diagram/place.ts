// Where an element is in a picture, to put a field beside it.

import type { Picture } from "../bundle";
import { meant, sampled } from "./pick";

export interface Spot {
  x: number;
  y: number;
  /** What it is called there: w₁; empty if no symbol stands there. */
  symbol: string;
}

/** Returns the point under an element's number, node or line; undefined if it is not drawn. */
export function beside(picture: Picture, element: string): Spot | undefined {
  const shows = (kind: string) =>
    picture.texts.find((slot) => slot.name === element && slot.shows === kind);
  const equation = shows("equation");
  const symbol = equation?.text.split(" = ")[0] ?? shows("symbol")?.text ?? "";
  if (equation) return { x: equation.x, y: equation.y + 8, symbol };
  const node = picture.nodes.find((one) => one.name === element);
  if (node) return { x: node.x, y: node.y + node.radius + 6, symbol };
  const line = picture.lines.find((one) => meant(one) === element);
  if (!line) return undefined;
  const points = sampled(line.path);
  const middle = 2 * Math.floor(points.length / 4);
  return { x: points[middle] ?? 0, y: (points[middle + 1] ?? 0) + 8, symbol };
}
