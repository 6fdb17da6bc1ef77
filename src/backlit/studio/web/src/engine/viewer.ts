// A second instance of the program, to look with: one pass at the weights of this moment,
// or the network's answers for many inputs. Training is never disturbed by looking.

import { fill } from "./memory";
import { Program } from "./program";
import type { Trainer } from "./trainer";
import type { Arrays } from "./weights";

export class Viewer {
  readonly program: Program;

  constructor(
    private readonly trainer: Trainer,
    module: WebAssembly.Module,
  ) {
    this.program = new Program(trainer.bundle, module);
  }

  /** Brings in the weights, the optimizer's state and the learning rate of this moment. */
  private look(): void {
    const { first, state } = this.trainer.bundle;
    for (const name of [...Object.keys(first), ...state, "learning_rate"])
      this.program.put(name, this.trainer.program.all(name));
    this.program.put("step", [this.trainer.step + 1]);
  }

  private take(rows: readonly number[]): void {
    const { x, t, inputs, outputs } = this.trainer.samples;
    this.program.put("x", picked(x, inputs, rows));
    this.program.put("t", picked(t, outputs, rows));
    this.program.put("count", [rows.length]);
  }

  /** Returns the memory after forward and backward over some samples; read it at once. */
  study(rows: readonly number[]): Float64Array {
    this.look();
    this.take(rows);
    this.program.forward(rows.length);
    this.program.backward(rows.length);
    return this.program.view;
  }

  /** Returns the gradient of E over some samples, at other weights; 0 where there is none. */
  gradient(rows: readonly number[], at: Arrays): Record<string, Float64Array> {
    this.look();
    for (const [name, values] of Object.entries(at)) this.program.put(name, values);
    const found = Object.fromEntries(
      Object.entries(at).map(([name, values]) => [name, new Float64Array(values.length)]),
    );
    this.block(rows, (n) => {
      this.program.backward(n);
      for (const [name, sum] of Object.entries(found)) {
        if (!this.program.layout[`grad.${name}`]) continue; // it is frozen
        const part = this.program.all(`grad.${name}`);
        for (let i = 0; i < sum.length; i++)
          sum[i] = (sum[i] ?? 0) + ((part[i] ?? 0) * n) / rows.length;
      }
      return 0;
    });
    return found;
  }

  /** Returns the memory after a whole pass over some samples, the update worked out too. */
  pass(rows: readonly number[]): Float64Array {
    const { program } = this;
    this.look();
    this.take(rows);
    program.forward(rows.length);
    program.backward(rows.length);
    const seen = program.view.slice(0, Math.ceil(program.bundle.free / 8));
    program.update(rows.length);
    for (const name of Object.keys(program.layout))
      if (name.startsWith("new.")) fill(seen, program.place(name), program.all(name));
    return seen;
  }

  /** Returns E over some samples at other weights: for the nudge test and the landscape. */
  error(rows: readonly number[], moved: Record<string, ArrayLike<number>> = {}): number {
    this.look();
    for (const [name, values] of Object.entries(moved)) this.program.put(name, values);
    return this.block(rows, (n) => this.program.get("E") * n) / rows.length;
  }

  private block(rows: readonly number[], share: (rows: number) => number): number {
    let sum = 0;
    for (let start = 0; start < rows.length; start += this.program.bundle.size) {
      const part = rows.slice(start, start + this.program.bundle.size);
      this.take(part);
      this.program.forward(part.length);
      sum += share(part.length);
    }
    return sum;
  }

  /** Returns error and share of right answers over some samples. */
  measure(rows: readonly number[]): { error: number; accuracy: number } {
    this.look();
    let right = 0;
    const error = this.block(rows, (n) => {
      right += this.right(n);
      return this.program.get("E") * n;
    });
    return { error: error / rows.length, accuracy: right / rows.length };
  }

  private right(rows: number): number {
    const { outputs } = this.trainer.samples;
    const [p, t] = [this.program.all("prediction", rows), this.program.all("t", rows)];
    const chosen = (all: Float64Array, row: number) => {
      const start = row * outputs;
      return outputs === 1
        ? Number((all[row] ?? 0) > this.threshold)
        : largest(all, start, outputs);
    };
    let count = 0;
    for (let n = 0; n < rows; n++) count += Number(chosen(p, n) === chosen(t, n));
    return count;
  }

  /** What parts two classes on one output: hinge has them at -1 and 1. */
  private get threshold(): number {
    return this.trainer.bundle.spec.network.loss === "hinge" ? 0 : 0.5;
  }

  /** Returns quantities of many inputs, `(points, units)` row by row, for maps and curves. */
  answers(points: Float64Array, names: readonly string[]): Record<string, Float64Array> {
    this.look();
    const { inputs } = this.trainer.samples;
    const count = points.length / inputs;
    const found: Record<string, Float64Array> = {};
    for (const name of names)
      found[name] = new Float64Array(count * (this.program.place(name).shape[1] ?? 1));
    for (let start = 0; start < count; start += this.program.bundle.size) {
      const rows = Math.min(this.program.bundle.size, count - start);
      this.program.put("x", points.subarray(start * inputs, (start + rows) * inputs));
      this.program.forward(rows);
      for (const name of names) {
        const width = this.program.place(name).shape[1] ?? 1;
        found[name]?.set(this.program.all(name, rows), start * width);
      }
    }
    return found;
  }
}

/** Returns some rows of a table, one after the other. */
function picked(all: Float64Array, width: number, rows: readonly number[]): Float64Array {
  const found = new Float64Array(rows.length * width);
  rows.forEach((row, n) => found.set(all.subarray(row * width, (row + 1) * width), n * width));
  return found;
}

/** Returns where the largest of some numbers stands, counted from their start. */
function largest(all: Float64Array, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if ((all[start + k] ?? 0) > (all[start + best] ?? 0)) best = k;
  return best;
}
