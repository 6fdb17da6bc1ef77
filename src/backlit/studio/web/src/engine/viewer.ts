// A second instance of the program, to look with: one pass at the weights of this moment,
// or the network's answers for many inputs. Training is never disturbed by looking.

import { fill, read } from "./memory";
import { Program } from "./program";
import type { Trainer } from "./trainer";

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
    const part = (all: Float64Array, width: number) =>
      rows.flatMap((row) => Array.from(all.subarray(row * width, (row + 1) * width)));
    this.program.put("x", part(x, inputs));
    this.program.put("t", part(t, outputs));
    this.program.put("count", [rows.length]);
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
    const [p, t] = [this.program.place("prediction"), this.program.place("t")];
    const chosen = (place: typeof p, n: number) => {
      const row = Array.from({ length: outputs }, (_, k) => read(this.program.view, place, [n, k]));
      return outputs === 1 ? Number((row[0] ?? 0) > this.threshold) : row.indexOf(Math.max(...row));
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
