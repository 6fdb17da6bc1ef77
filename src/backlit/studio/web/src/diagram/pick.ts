// What is under the pointer: the nearest of nodes, numbers and lines, within reach of a
// finger. Lines need no fat copies of themselves that would cover each other.

import type { DiagramLine, Picture } from "../bundle";
import { halfWidth } from "./size";

export interface Picked {
  /** The element, or the name of a fold. */
  name: string;
  fold: boolean;
}

interface Track {
  name: string;
  points: Float64Array; // x, y, x, y, …
}

export interface Target {
  picture: Picture;
  tracks: Track[];
}

const SAMPLES = 16; // of each piece of a curve

/** Returns points along a path of cubic pieces. */
export function sampled(path: string): Float64Array {
  const p = path.match(/-?[\d.]+/g)?.map(Number) ?? [];
  const found: number[] = [];
  for (let n = 0; n + 7 < p.length; n += 6)
    for (let s = 0; s <= SAMPLES; s++) {
      const [t, u] = [s / SAMPLES, 1 - s / SAMPLES];
      const at = (k: number) =>
        u ** 3 * (p[n + k] ?? 0) +
        3 * u * u * t * (p[n + 2 + k] ?? 0) +
        3 * u * t * t * (p[n + 4 + k] ?? 0) +
        t ** 3 * (p[n + 6 + k] ?? 0);
      found.push(at(0), at(1));
    }
  return Float64Array.from(found);
}

/** Returns the element that a line stands for: its weight, or what it leads back to. */
export function meant(line: DiagramLine): string {
  return line.name ?? line.by ?? "";
}

export function target(picture: Picture): Target {
  const named = picture.lines.filter((line) => !line.folded && meant(line));
  const tracks = named.map((line) => ({ name: meant(line), points: sampled(line.path) }));
  return { picture, tracks };
}

export function pick(target: Target, x: number, y: number, reach: number): Picked | undefined {
  const { nodes, texts } = target.picture;
  const node = nodes.find((one) => {
    const [across, down] = [Math.abs(x - one.x), Math.abs(y - one.y)];
    return across <= Math.max(halfWidth(one), reach) && down <= Math.max(one.radius, reach);
  });
  if (node?.role === "fold") return { name: node.name, fold: true };
  if (node)
    return { name: node.role === "activation" ? activated(target) : node.name, fold: false };
  const text = texts.find(
    (slot) =>
      slot.value !== undefined &&
      slot.shows !== "local" &&
      Math.abs(x - slot.x) <= Math.min(slot.width / 2, 70) &&
      Math.abs(y - slot.y + slot.size * 0.35) <= slot.size * 0.65,
  );
  if (text) return { name: text.name, fold: false };
  const name = nearest(target.tracks, x, y, reach);
  return name ? { name, fold: false } : undefined;
}

/** Returns what an activation stands for: the output that comes of it. */
function activated({ picture }: Target): string {
  return picture.nodes.find((node) => node.role === "output")?.name ?? "";
}

function nearest(tracks: Track[], x: number, y: number, reach: number): string {
  let [best, name] = [reach * reach, ""];
  for (const track of tracks)
    for (let n = 0; n < track.points.length; n += 2) {
      const [dx, dy] = [x - (track.points[n] ?? 0), y - (track.points[n + 1] ?? 0)];
      const far = dx * dx + dy * dy;
      if (far < best) [best, name] = [far, track.name];
    }
  return name;
}
