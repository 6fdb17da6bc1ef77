// Runs a training program of backlit for bench/peers/backlit_wasm.py:
//   node host.mjs FOLDER
// The folder holds program.wasm, job.json and the samples (x and t, float32). Commands
// come as lines of JSON: reset, train (steps), read; each is answered by a line.
import fs from "node:fs";
import readline from "node:readline";

const folder = process.argv[2];
const { layout, control, free, samples, size, first } = JSON.parse(fs.readFileSync(`${folder}/job.json`));
const EPOCHS = 4096; // that there is room to note; then they are counted anew

let end = free;
const place = (bytes) => {
  const start = Math.ceil(end / 64) * 64;
  end = start + bytes + 64; // a vector may run over the end
  return start;
};
const rows = Object.fromEntries(
  ["x", "t"].map((name) => {
    const bytes = fs.readFileSync(`${folder}/${name}`);
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return [name, { values, start: place(bytes.length) }];
  }),
);
const order = place(8 * samples);
const sums = place(8 * (1 + 2 * EPOCHS));

const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65536) + 1 });
const module = new WebAssembly.Module(fs.readFileSync(`${folder}/program.wasm`));
const program = new WebAssembly.Instance(module, { env: { memory } }).exports;
const floats = new Float32Array(memory.buffer);
const integers = new BigInt64Array(memory.buffer);

const set = (name, value) => (integers[control[name] / 8] = BigInt(value));
const places = ({ offset, shape, strides }) => {
  let found = [offset / 4];
  shape.forEach((n, axis) => {
    found = found.flatMap((at) => Array.from({ length: n }, (_, i) => at + i * strides[axis]));
  });
  return found;
};

for (const [name, { values, start }] of Object.entries(rows)) {
  floats.set(values, start / 4);
  set(name, start);
}
for (const [name, value] of Object.entries({ samples, size, epochs: EPOCHS, shuffle: 0, order, sums })) set(name, value);

const commands = {
  reset() {
    for (const [name, quantity] of Object.entries(layout)) {
      if (name.startsWith("state.")) for (const at of places(quantity)) floats[at] = 0;
    }
    for (const [name, flat] of Object.entries(first)) {
      places(layout[name]).forEach((at, i) => (floats[at] = flat[i]));
    }
    for (const name of ["epoch", "batch", "seen", "steps", "bad"]) set(name, 0);
  },
  train({ steps }) {
    const most = Math.ceil(samples / size) * (EPOCHS - 1);
    while (steps > 0) {
      set("epoch", 0);
      const part = Math.min(steps, most);
      program.train(BigInt(part));
      steps -= part;
    }
  },
  read() {
    return Object.fromEntries(Object.keys(first).map((name) => [name, places(layout[name]).map((at) => floats[at])]));
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  console.log(JSON.stringify(commands[command.do](command) ?? {}));
}
