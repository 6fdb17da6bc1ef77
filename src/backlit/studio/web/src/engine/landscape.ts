// The error around the weights of this moment: along the gradient, and along one other
// direction at right angles to it.

import type { Engine } from "./engine";
import type { Landscape } from "./messages";

export function landscape(engine: Engine, points: number, span: number): Landscape {
  const { viewer, trainer } = engine;
  const batch = Array.from({ length: Math.min(trainer.samples.learn, 256) }, (_, n) => n);
  const now = engine.parameters();
  const seen = viewer.pass(batch);
  const first = unit(map(now, (name) => gradient(engine, seen, name)));
  const second = across(first);
  const error = new Float64Array(points * points);
  const along = (n: number) => span * ((2 * n) / (points - 1) - 1);
  for (let row = 0; row < points; row++)
    for (let column = 0; column < points; column++) {
      const moved = map(now, (name, values) =>
        values.map(
          (value, n) =>
            value - along(column) * (first[name]?.[n] ?? 0) + along(row) * (second[name]?.[n] ?? 0),
        ),
      );
      error[row * points + column] = viewer.error(batch, moved);
    }
  return { span, points, error, path: [] };
}

type Weights = Record<string, number[]>;

function map(weights: Weights, change: (name: string, values: number[]) => number[]): Weights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, values]) => [name, change(name, values)]),
  );
}

function gradient(engine: Engine, seen: Float64Array, name: string): number[] {
  void seen;
  return Array.from(engine.viewer.program.all(`grad.${name}`));
}

function unit(weights: Weights): Weights {
  const length = Math.hypot(...Object.values(weights).flat()) || 1;
  return map(weights, (_, values) => values.map((value) => value / length));
}

/** Returns a fixed direction made to stand at right angles to another. */
function across(first: Weights): Weights {
  let count = 0;
  const other = unit(map(first, (_, values) => values.map(() => Math.cos(2.3 * ++count))));
  const share = Object.entries(first).reduce(
    (sum, [name, values]) => sum + values.reduce((s, v, n) => s + v * (other[name]?.[n] ?? 0), 0),
    0,
  );
  return unit(
    map(other, (name, values) => values.map((v, n) => v - share * (first[name]?.[n] ?? 0))),
  );
}
