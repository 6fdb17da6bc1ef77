// Where a field covers least of a picture, near what it changes.

import type { Picture } from "../bundle";
import { sampled } from "./pick";
import { halfWidth } from "./size";

export interface Box {
  x: number; // of its left
  y: number; // of its top
  width: number;
  height: number;
}

const [WIDE, HIGH] = [250, 42]; // pixels of a field
const GRID = 16; // units between two places that are tried
const [TEXT, NODE, LINE, FAR] = [40, 40, 1.5, 0.05]; // how bad it is: each, and a unit away

/** Returns what is drawn in a picture, as points and boxes that should stay in sight. */
function content({ texts, nodes, lines }: Picture): { boxes: [Box, number][]; points: number[] } {
  const words = texts.map(({ x, y, width, size }): [Box, number] => {
    const wide = Math.min(width, 130);
    return [{ x: x - wide / 2, y: y - size, width: wide, height: 1.3 * size }, TEXT];
  });
  const circles = nodes.map((node): [Box, number] => {
    const [{ x, y, radius }, half] = [node, halfWidth(node)];
    return [{ x: x - half, y: y - radius, width: 2 * half, height: 2 * radius }, NODE];
  });
  return { boxes: [...words, ...circles], points: lines.flatMap((l) => [...sampled(l.path)]) };
}

function meets(a: Box, b: Box): boolean {
  const across = a.x < b.x + b.width && b.x < a.x + a.width;
  return across && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Returns what is seen, in pixels, of a drawing in a box that scrolls, in a window. */
export function inSight(box: HTMLElement | undefined, high: number): Box {
  if (!box) return { x: 0, y: 0, width: Infinity, height: Infinity };
  const { top } = box.getBoundingClientRect();
  const above = Math.max(0, -top);
  const height = Math.min(box.clientHeight, high - top) - above;
  return { x: box.scrollLeft, y: box.scrollTop + above, width: box.clientWidth, height };
}

/** Returns the place for a field, inside what is seen, at least cost. */
export function room(
  picture: Picture,
  near: { x: number; y: number },
  scale: number,
  sight: Box,
): { x: number; y: number } {
  const size = { width: WIDE / scale, height: HIGH / scale };
  const seen = within(picture, scale, sight);
  const { boxes, points } = content(picture);
  const cost = (box: Box): number => {
    let sum = FAR * Math.hypot(box.x + box.width / 2 - near.x, box.y - near.y);
    for (const [one, bad] of boxes) if (meets(box, one)) sum += bad;
    for (let n = 0; n < points.length; n += 2)
      if (meets(box, { x: points[n] ?? 0, y: points[n + 1] ?? 0, width: 0, height: 0 }))
        sum += LINE;
    return sum;
  };
  let best = { x: Math.max(seen.x, near.x - size.width / 2), y: near.y };
  let least = Infinity;
  const [right, bottom] = [seen.x + seen.width - size.width, seen.y + seen.height - size.height];
  for (let x = seen.x; x <= Math.max(seen.x, right); x += GRID)
    for (let y = seen.y; y <= Math.max(seen.y, bottom); y += GRID) {
      const found = cost({ x, y, ...size });
      if (found < least) [best, least] = [{ x, y }, found];
    }
  return best;
}

/** Returns what is seen in units of the picture, without what lies beyond it. */
function within(picture: Picture, scale: number, sight: Box): Box {
  const [x, y] = [sight.x / scale, sight.y / scale];
  const width = Math.min(sight.width / scale, picture.width - x);
  return { x, y, width, height: Math.min(sight.height / scale, picture.height - y) };
}
