// Runs programs in Node as a page would: node run.mjs jobs.json
// A job names the module, where values lie, what to put there, what to call and what to
// read afterwards; the results are printed as JSON, one for each job.
import fs from "node:fs";

const VIEWS = {
  f4: [Float32Array, 4, Number],
  i8: [BigInt64Array, 8, BigInt],
  b1: [Uint8Array, 1, Number],
};

function run({ layout, control, free, ...job }) {
  let end = Math.ceil(free / 64) * 64;
  const place = (bytes) => {
    const start = end;
    end = Math.ceil((end + bytes) / 64) * 64 + 64;
    return start;
  };
  const rows = Object.entries(job.data ?? {}).map(([name, flat]) => [name, flat, place(4 * flat.length)]);
  const order = place(8 * (job.samples ?? 0));
  const sums = place(8 * (2 * (job.epochs ?? 0) + 1));

  const memory = new WebAssembly.Memory({ initial: Math.ceil((end + 64) / 65536) });
  const module = new WebAssembly.Module(fs.readFileSync(job.module));
  const program = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const view = (q) => new VIEWS[q.dtype][0](memory.buffer);

  // The indices of a quantity's elements in a view of its type, row by row.
  const places = (q) =>
    q.shape.reduce(
      (found, n, axis) => found.flatMap((p) => Array.from({ length: n }, (_, i) => p + i * q.strides[axis])),
      [q.offset / VIEWS[q.dtype][1]],
    );
  const set = (name, value) => (view({ dtype: "i8" })[control[name] / 8] = BigInt(value));

  for (const [name, flat] of Object.entries(job.put)) {
    const q = layout[name];
    places(q).forEach((at, i) => (view(q)[at] = VIEWS[q.dtype][2](flat[i])));
  }
  for (const [name, flat, start] of rows) {
    view({ dtype: "f4" }).set(flat, start / 4);
    set(name, start);
  }
  for (const [name, value] of Object.entries(job.set ?? {})) set(name, value);
  if (job.epochs) {
    set("order", order);
    set("sums", sums);
  }
  for (const [name, count] of job.calls) program[name](BigInt(count));

  const read = (q) => ("value" in q ? [q.value].flat(Infinity) : places(q).map((at) => Number(view(q)[at])));
  // JSON has no NaN and no infinities: numbers go as text.
  const values = job.read.map((name) => [name, read(layout[name]).map(String)]);
  return { read: Object.fromEntries(values), exports: Object.keys(program) };
}

console.log(JSON.stringify(JSON.parse(fs.readFileSync(process.argv[2])).map(run)));
