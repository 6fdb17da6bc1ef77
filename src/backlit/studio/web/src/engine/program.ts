// One instance of the compiled network: its memory, and what it can be told to do.

import { bytes, type Bundle } from "../bundle";
import { fill, flat, read, type Layout } from "./memory";

const PAGE = 65536;

interface Exports {
  forward(rows: bigint): void;
  backward(rows: bigint): void;
  update(rows: bigint): void;
  train(steps: bigint): void;
}

export class Program {
  readonly layout: Layout;
  view!: Float64Array;
  integers!: BigInt64Array;
  private readonly memory: WebAssembly.Memory;
  private readonly exports: Exports;
  private end: number;

  constructor(
    readonly bundle: Bundle,
    module: WebAssembly.Module,
  ) {
    this.layout = bundle.layout;
    this.end = aligned(bundle.free);
    this.memory = new WebAssembly.Memory({ initial: Math.ceil((this.end + PAGE) / PAGE) });
    this.look();
    const instance = new WebAssembly.Instance(module, { env: { memory: this.memory } });
    this.exports = instance.exports as unknown as Exports;
  }

  static module(bundle: Bundle): WebAssembly.Module {
    return new WebAssembly.Module(bytes(bundle.wasm));
  }

  /** Returns the start of so many bytes that nothing else uses. */
  reserve(size: number): number {
    const start = this.end;
    this.end = aligned(start + size) + 64;
    const missing = this.end + 64 - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    this.look();
    return start;
  }

  private look(): void {
    this.view = new Float64Array(this.memory.buffer);
    this.integers = new BigInt64Array(this.memory.buffer);
  }

  get(name: string, index: readonly number[] = []): number {
    return read(this.view, this.place(name), index);
  }

  all(name: string, rows = Infinity): Float64Array {
    return flat(this.view, this.place(name), rows);
  }

  put(name: string, values: ArrayLike<number>): void {
    fill(this.view, this.place(name), values);
  }

  place(name: string) {
    const place = this.layout[name];
    if (!place) throw new Error(`the program has no quantity ${name}`);
    return place;
  }

  control(name: string): number {
    return Number(this.integers[this.field(name)]);
  }

  steer(fields: Record<string, number | bigint>): void {
    for (const [name, value] of Object.entries(fields))
      this.integers[this.field(name)] = BigInt(value);
  }

  private field(name: string): number {
    const offset = this.bundle.control[name];
    if (offset === undefined) throw new Error(`the program has no control field ${name}`);
    return offset / 8;
  }

  forward(rows: number): void {
    this.exports.forward(BigInt(rows));
  }

  backward(rows: number): void {
    this.exports.backward(BigInt(rows));
  }

  update(rows: number): void {
    this.exports.update(BigInt(rows));
  }

  train(steps: number): void {
    this.exports.train(BigInt(steps));
  }
}

function aligned(size: number): number {
  return Math.ceil(size / 64) * 64;
}
