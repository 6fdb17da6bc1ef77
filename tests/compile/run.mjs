// Runs a program in Node as a page would: node run.mjs job.json
// The job names the module, where values lie, what to put there, what to call, what to
// read afterwards; the result is printed as JSON.
import fs from "node:fs";

const job = JSON.parse(fs.readFileSync(process.argv[2]));
const { layout, control, free } = job;
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
const floats = new Float32Array(memory.buffer);
const integers = new BigInt64Array(memory.buffer);

const strided = (q) => {
  let places = [0];
  q.shape.forEach((n, axis) => {
    places = places.flatMap((p) => Array.from({ length: n }, (_, i) => p + i * q.strides[axis]));
  });
  return places.map((p) => q.offset / 4 + p);
};
const put = (name, flat) => strided(layout[name]).forEach((at, i) => (floats[at] = flat[i]));
const set = (name, value) => (integers[control[name] / 8] = BigInt(value));

for (const [name, flat] of Object.entries(job.put)) put(name, flat);
for (const [name, flat, start] of rows) {
  floats.set(flat, start / 4);
  set(name, start);
}
for (const [name, value] of Object.entries(job.set ?? {})) set(name, value);
if (job.epochs) {
  set("order", order);
  set("sums", sums);
}
for (const [name, count] of job.calls) program[name](BigInt(count));

const read = Object.fromEntries(
  job.read.map((name) => {
    const q = layout[name];
    return [name, "value" in q ? [q.value].flat(Infinity) : strided(q).map((at) => floats[at])];
  }),
);
const bits = Buffer.from(memory.buffer).toString("base64").length; // touches all of it
console.log(JSON.stringify({ read, exports: Object.keys(program), bytes: bits }));
