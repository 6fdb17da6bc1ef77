// What the views on the right ask for: maps, learning curves, the flow of the gradient, the
// path of the weights. Only what is visible is worked out.

import type { Bundle } from "../bundle";
import { Curve } from "./curve";
import { flow, type Flow } from "./flow";
import { grid } from "./grid";
import type { Frame, Point, WatchCommand } from "./messages";
import { Path } from "./path";
import { Sparse } from "./sparse";
import type { Trainer } from "./trainer";
import type { Viewer } from "./viewer";
import { joined } from "./weights";

export class Watch {
  private readonly curve = new Curve();
  private readonly path = new Path();
  private readonly sparse = new Sparse();
  private wish: WatchCommand = { do: "watch", maps: [], points: 0 };
  private points: Float64Array | undefined;
  private flow: Flow | undefined;
  private samples: Frame["samples"];

  constructor(
    private readonly bundle: Bundle,
    private readonly trainer: Trainer,
    private readonly viewer: Viewer,
  ) {
    this.samples = copied(trainer.samples);
  }

  set(wish: WatchCommand): void {
    if (wish.points !== this.wish.points) this.points = undefined;
    this.wish = wish;
  }

  /** Forgets what is of a future that will not be. */
  cut(): void {
    this.curve.cut(this.trainer.step);
    this.path.cut(this.trainer.step);
    this.flow = undefined;
  }

  /** Returns what is to be seen; at rest, all of it is of this very step. */
  see(atRest: boolean): Pick<Frame, "curve" | "maps" | "flow" | "samples"> {
    const { step } = this.trainer;
    this.curve.add(step, atRest, () => this.measured());
    this.path.keep(step, () => this.weights());
    const { x, t } = this.trainer.samples;
    if (!same(x, this.samples.x) || !same(t, this.samples.t)) this.samples = copied({ x, t });
    return {
      curve: this.curve.points,
      samples: this.samples,
      maps: this.maps(),
      flow: this.flowing(atRest),
    };
  }

  private maps(): Frame["maps"] {
    const { maps, points } = this.wish;
    if (!points || !maps.length) return {};
    this.points ??= grid(this.bundle, points);
    return this.viewer.answers(this.points, maps);
  }

  private flowing(atRest: boolean): Flow | undefined {
    if (!this.wish.flow) return (this.flow = undefined);
    if (!this.sparse.due(atRest)) return this.flow;
    const rows = spread(this.trainer.samples.learn, this.bundle.size);
    return (this.flow = this.sparse.run(() =>
      flow(this.bundle, this.viewer.study(rows), rows.length, this.trainer.step),
    ));
  }

  private measured(): Point {
    const { trainer, viewer } = this;
    const { learn, rows } = trainer.samples;
    const { error, accuracy } = viewer.measure(range(0, learn));
    const point: Point = { step: trainer.step, epoch: trainer.epoch, error, accuracy };
    if (learn === rows) return point;
    const test = viewer.measure(range(learn, rows));
    return { ...point, testError: test.error, testAccuracy: test.accuracy };
  }

  private weights(): Float64Array {
    const names = Object.keys(this.bundle.first);
    const arrays = names.map((name) => [name, this.trainer.program.all(name)]);
    return joined(Object.fromEntries(arrays) as Record<string, Float64Array>, names);
  }

  /** Returns what the landscape is worked out from. */
  surroundings(parameters: Record<string, number[]>) {
    const { step, samples } = this.trainer;
    const rows = range(0, samples.learn);
    return { viewer: this.viewer, rows, parameters, step, stops: this.path.until(step) };
  }
}

function copied({ x, t }: Frame["samples"]): Frame["samples"] {
  return { x: x.slice(), t: t.slice() };
}

function same(a: Float64Array, b: Float64Array): boolean {
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}

/** Returns so many of the first rows, evenly spaced. */
export function spread(rows: number, most: number): number[] {
  const count = Math.min(rows, most);
  return Array.from({ length: count }, (_, n) => Math.floor((n * rows) / count));
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, n) => start + n);
}
