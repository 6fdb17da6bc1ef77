// The bundle as Python writes it (studio/bundle.py): all that the page needs of a network.

export type Reference = [string, ...number[]];
export type Phase = "forward" | "error" | "backward" | "update";

export interface Spec {
  network: {
    inputs: number;
    loss?: string;
    learning_rate?: number;
    seed?: number;
    l1?: number;
    l2?: number;
  };
  layer: Layer[];
  sample?: { x: number[] | number[][]; t: number[] | number[][] } | null;
  data?: DataTable | null;
  optimizer?: { kind: string; [option: string]: unknown };
  batch_size?: number;
  shuffle?: boolean;
}

export interface Layer {
  units: number;
  activation?: string;
  initialiser?: string | { kind: string; scale?: number } | null;
  use_bias?: boolean;
  freeze?: string[];
  weight?: number[][] | null;
  bias?: number[] | null;
}

export interface DataTable {
  name: string;
  csv?: string;
  target?: string | null;
  task?: string | null;
  samples?: number | null;
  noise?: number | null;
  seed?: number;
  test?: number | null;
}

/** Where a quantity lies: bytes from the start of memory, strides in elements; or its value. */
export interface Place {
  offset?: number;
  shape: number[];
  strides?: number[];
  dtype?: "f4" | "f8" | "i8" | "b1";
  value?: number;
}

export interface Stage {
  phase: Phase;
  name: string;
}

export interface DiagramNode {
  role: "input" | "bias" | "sum" | "activation" | "output" | "neuron" | "target" | "error" | "fold";
  name: string;
  symbol: string;
  x: number;
  y: number;
  radius: number;
  count: number;
}

export interface DiagramLine {
  kind: "forward" | "backward";
  name: string;
  of: string;
  by: string;
  folded: boolean;
  quiet: boolean;
  path: string;
  before: [number, number];
  end: [number, number];
  strength: Reference[];
  text: string;
}

export interface DiagramText {
  shows:
    | "symbol"
    | "operation"
    | "value"
    | "gradient"
    | "equation"
    | "gradient equation"
    | "local"
    | "text";
  name: string;
  by: string;
  x: number;
  y: number;
  width: number;
  size: number;
  text: string;
  value: Reference | number | null;
}

export interface Picture {
  width: number;
  height: number;
  nodes: DiagramNode[];
  lines: DiagramLine[];
  texts: DiagramText[];
}

export interface Table {
  name: string;
  inputs: string[];
  target: string;
  classes: string[];
  /** Inputs and targets, row by row, as base64 of little-endian float64; test rows last. */
  x: string;
  t: string;
  rows: number;
  test: number;
  said: string[];
}

export interface Choices {
  activations: string[];
  losses: Record<string, string>;
  optimizers: Record<string, Record<string, number>>;
  initialisers: string[];
  datasets: Record<string, boolean>;
}

export interface Bundle {
  spec: Spec;
  wasm: string;
  layout: Record<string, Place>;
  control: Record<string, number>;
  free: number;
  size: number;
  /** Of the order of the samples: a signed 64-bit number as text. */
  key: string;
  first: Record<string, number[]>;
  state: string[];
  stages: Stage[];
  picture: Picture;
  table: Table;
  choices: Choices;
}

export function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export function floats(base64: string): Float64Array {
  return new Float64Array(bytes(base64).buffer);
}
