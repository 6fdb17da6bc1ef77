// Training in the page, and travel through its time.
//
// Training is bit-for-bit repeatable, so that a snapshot now and then is enough: any step
// in between is reached from the one before it, by doing the steps once more.

import { floats, type Bundle } from "../bundle";
import type { Before } from "./past";
import { Program } from "./program";

const EPOCHS = 4096; // whose sums there is room for; a longer run goes in pieces
const SNAPSHOTS = 128; // at most; then every second one goes, and they lie twice as far apart
const SPACING = 64; // steps between two of them, at first

/** Something changed by hand, at a step. */
export type Change = { step: number } & (
  { name: string; index: number[]; value: number } | { learningRate?: number; batchSize?: number }
);

interface Snapshot {
  step: number;
  pinned: boolean; // something was changed by hand here: it cannot be reached by training
  bytes: Uint8Array[];
}

export interface Samples {
  x: Float64Array;
  t: Float64Array;
  rows: number;
  inputs: number;
  outputs: number;
  learn: number; // the first rows are for training, the others for testing
}

export class Trainer {
  readonly program: Program;
  readonly samples: Samples;
  private readonly ranges: [number, number][];
  private readonly places: { x: number; t: number; order: number };
  private snapshots: Snapshot[] = [];
  private spacing = SPACING;
  private known: { epoch: number; order: number[] } | undefined;
  private readonly first: Snapshot;
  /** The furthest step that was reached since something was changed by hand. */
  last = 0;
  /** What was changed by hand, in the order of its steps. */
  changes: Change[] = [];

  constructor(
    readonly bundle: Bundle,
    module: WebAssembly.Module,
  ) {
    this.program = new Program(bundle, module);
    this.samples = samplesOf(bundle);
    const { x, t, learn } = this.samples;
    const sums = this.program.reserve(8 * (2 * EPOCHS + 1));
    this.places = {
      order: this.program.reserve(8 * learn),
      x: this.program.reserve(x.byteLength),
      t: this.program.reserve(t.byteLength),
    };
    this.program.steer({ ...this.places, sums, samples: learn });
    this.program.steer({
      key: BigInt(bundle.key),
      size: Math.min(bundle.spec.batch_size ?? 1, learn),
    });
    this.program.steer({ shuffle: bundle.spec.shuffle === false ? 0 : 1 });
    this.ranges = this.persistent(sums);
    this.program.view.set(x, this.places.x / 8);
    this.program.view.set(t, this.places.t / 8);
    this.program.put("learning_rate", [bundle.spec.network.learning_rate ?? 0.5]);
    for (const [name, values] of Object.entries(bundle.first)) this.program.put(name, values);
    this.first = this.copy(true);
    this.keep(true);
  }

  /** Returns the ranges of memory that hold all that a step depends on. */
  private persistent(sums: number): [number, number][] {
    const { layout, control } = this.bundle;
    const names = [...Object.keys(this.bundle.first), ...this.bundle.state, "learning_rate"];
    const ranges = names.map((name): [number, number] => {
      const place = layout[name];
      if (place?.offset === undefined) throw new Error(`${name} has no place in memory`);
      return [place.offset, 8 * place.shape.reduce((a, n) => a * n, 1)];
    });
    const first = Math.min(...Object.values(control));
    const { x, t } = this.samples;
    ranges.push([first, 8 * Object.keys(control).length], [sums, 8]);
    ranges.push([this.places.order, 8 * this.samples.learn]);
    return [...ranges, [this.places.x, x.byteLength], [this.places.t, t.byteLength]];
  }

  get step(): number {
    return this.program.control("steps");
  }

  get epoch(): number {
    return this.program.control("epoch");
  }

  get batchSize(): number {
    return this.program.control("size");
  }

  /** Whether the next step meets a value that is not finite. */
  get bad(): boolean {
    return this.program.control("bad") !== 0;
  }

  /** Does so many steps, fewer if a value is not finite; takes snapshots on the way. */
  train(steps: number): void {
    const end = this.step + steps;
    while (this.step < end && !this.bad) {
      const next = Math.min(end, this.halt());
      this.run(next - this.step);
      if (this.step === next) this.arrive();
    }
    this.last = Math.max(this.last, this.step);
  }

  /** Returns the next step at which a snapshot is due, or something was changed by hand. */
  private halt(): number {
    const pinned = this.snapshots.find((s) => s.pinned && s.step > this.step);
    const due = (Math.floor(this.step / this.spacing) + 1) * this.spacing;
    return Math.min(due, pinned?.step ?? Infinity);
  }

  private arrive(): void {
    const pinned = this.snapshots.find((s) => s.pinned && s.step === this.step);
    if (pinned) this.restore(pinned);
    else if (this.step % this.spacing === 0) this.keep(false);
  }

  /** Does so many steps, or those that end in the epochs there is room for. */
  private run(steps: number): void {
    this.program.steer({ since: this.epoch, epochs: this.epoch + EPOCHS });
    this.program.train(steps);
  }

  /** Does the steps that are left of the epoch. */
  finishEpoch(): void {
    this.train(Math.ceil(this.samples.learn / this.batchSize) - this.program.control("batch"));
  }

  /** Goes to a step that was reached before, or on to a later one. */
  seek(step: number): void {
    const before = this.snapshots.findLast((s) => s.step <= step) ?? this.snapshots[0];
    if (before && (step < this.step || before.step > this.step)) this.restore(before);
    this.train(step - this.step);
  }

  reset(): void {
    this.seek(0);
  }

  /** Forgets everything, also what was changed by hand. */
  restart(): void {
    this.restore(this.first);
    [this.snapshots, this.changes, this.spacing, this.last] = [[], [], SPACING, 0];
    this.keep(true);
  }

  /** Goes back to how it was when a gesture began: that step, with those changes. */
  takeBack({ step, changes }: Before): void {
    this.snapshots = this.snapshots.filter((s) => s.step < step);
    this.restore(this.snapshots.at(-1) ?? this.first);
    if (!this.snapshots.length) this.keep(true);
    this.changes = changes.filter((c) => c.step < step);
    this.last = this.step;
    this.train(step - this.step);
    for (const change of changes) if (change.step === step) this.apply(change);
  }

  /** Does once more what was changed by hand. */
  apply(change: Change): void {
    if ("name" in change) this.edit(change.name, change.index, change.value);
    else this.set(change);
  }

  /** Changes a number by hand; what came after this step is forgotten. */
  edit(name: string, index: readonly number[], value: number): void {
    if (name === "x" || name === "t") {
      const width = name === "x" ? this.samples.inputs : this.samples.outputs;
      const [sample = 0, column = 0] = index;
      this.program.view[this.places[name] / 8 + sample * width + column] = value;
      this.samples[name][sample * width + column] = value;
    } else {
      const place = this.program.place(name);
      const at = index.reduce(
        (a, i, axis) => a + i * (place.strides?.[axis] ?? 0),
        (place.offset ?? 0) / 8,
      );
      this.program.view[at] = value;
    }
    this.changed({ step: this.step, name, index: [...index], value });
  }

  /** Changes how training goes on: learning rate, batch size. */
  set(options: { learningRate?: number; batchSize?: number }): void {
    if (options.learningRate !== undefined)
      this.program.put("learning_rate", [options.learningRate]);
    if (options.batchSize !== undefined) {
      const size = Math.max(1, Math.min(options.batchSize, this.samples.learn, this.bundle.size));
      this.program.steer({ size, batch: 0, seen: 0 });
    }
    const { learningRate, batchSize } = options;
    if (learningRate !== undefined) this.changed({ step: this.step, learningRate });
    if (batchSize !== undefined) this.changed({ step: this.step, batchSize });
  }

  private changed(change: Change): void {
    const stays = (c: Change) =>
      c.step < change.step || (c.step === change.step && !same(c, change));
    this.changes = [...this.changes.filter(stays), change];
    this.program.steer({ bad: 0 });
    this.snapshots = this.snapshots.filter((s) => s.step < this.step);
    this.last = this.step;
    this.known = undefined;
    this.keep(true);
  }

  /** Returns the rows of the batch that the next step takes. */
  batch(): number[] {
    const start = this.program.control("batch") * this.batchSize;
    return this.order().slice(start, start + this.batchSize);
  }

  /** Returns the order of the samples in the epoch that the next step belongs to. */
  private order(): number[] {
    if (this.known?.epoch !== this.epoch) {
      if (this.program.control("batch") === 0) this.orderNow();
      const start = this.places.order / 8;
      const order = this.program.integers.slice(start, start + this.samples.learn);
      this.known = { epoch: this.epoch, order: Array.from(order, Number) };
    }
    return this.known.order;
  }

  /** Lets the program order the samples, as it does in an epoch's first step. */
  private orderNow(): void {
    const now = this.copy(false);
    this.run(1);
    const start = this.places.order / 8;
    const order = this.program.integers.slice(start, start + this.samples.learn);
    this.restore(now);
    this.program.integers.set(order, start);
  }

  private keep(pinned: boolean): void {
    const step = this.step;
    if (this.snapshots.some((s) => s.step === step && s.pinned >= pinned) && !pinned) return;
    this.snapshots = this.snapshots.filter((s) => s.step !== step);
    this.snapshots.push(this.copy(pinned));
    this.snapshots.sort((a, b) => a.step - b.step);
    const free = this.snapshots.filter((s) => !s.pinned);
    if (free.length <= SNAPSHOTS) return;
    this.spacing *= 2;
    this.snapshots = this.snapshots.filter((s) => s.pinned || s.step % this.spacing === 0);
  }

  private copy(pinned: boolean): Snapshot {
    const memory = this.program.view.buffer;
    const bytes = this.ranges.map(([start, size]) => new Uint8Array(memory, start, size).slice());
    return { step: this.step, pinned, bytes };
  }

  private restore(snapshot: Snapshot): void {
    const memory = this.program.view.buffer;
    this.ranges.forEach(([start, size], n) => {
      new Uint8Array(memory, start, size).set(snapshot.bytes[n] ?? []);
    });
    const { x, t } = this.samples;
    x.set(this.program.view.subarray(this.places.x / 8, this.places.x / 8 + x.length));
    t.set(this.program.view.subarray(this.places.t / 8, this.places.t / 8 + t.length));
    this.known = undefined;
  }
}

/** Tells whether two changes are of the same thing, so that the later one counts. */
function same(one: Change, other: Change): boolean {
  if ("name" in one !== "name" in other) return false;
  if ("name" in one && "name" in other)
    return one.name === other.name && String(one.index) === String(other.index);
  return "batchSize" in one === "batchSize" in other;
}

function samplesOf(bundle: Bundle): Samples {
  const { table, spec } = bundle;
  const outputs = spec.layer.at(-1)?.units ?? 1;
  const [x, t] = [floats(table.x), floats(table.t)];
  const inputs = spec.network.inputs;
  return { x, t, rows: table.rows, inputs, outputs, learn: table.rows - table.test };
}
