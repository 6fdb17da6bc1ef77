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
  /** A wish: to have inputs, outputs and error follow from the data. */
  fit?: "" | "data" | "error";
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
  /** How a model that was trained on a table prepares it; Python reads it. */
  preparation?: Record<string, unknown> | null;
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

export type Role =
  "input" | "bias" | "sum" | "activation" | "output" | "neuron" | "target" | "error" | "fold";

export interface DiagramNode {
  role: Role;
  name: string;
  symbol: string;
  x: number;
  y: number;
  radius: number;
  count?: number;
  value?: Reference;
  wide?: string;
}

export interface DiagramLine {
  kind: "forward" | "backward";
  path: string;
  name?: string;
  of?: string;
  by?: string;
  folded?: boolean;
  quiet?: boolean;
  /** Of a line without a name; one with a name shows the weight, or its gradient. */
  strength?: Reference[];
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
  by?: string;
  x: number;
  y: number;
  width: number;
  size: number;
  text: string;
  value?: Reference | number;
  wide?: string;
}

export interface Picture {
  width: number;
  height: number;
  nodes: DiagramNode[];
  lines: DiagramLine[];
  texts: DiagramText[];
}

/** What changes in the picture where a layer is opened. */
export interface Opening {
  more: Picture;
  /** The places of the nodes, lines and texts that go. */
  without: [number[], number[], number[]];
  shown: number;
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
  /** Mean and deviation of each input, none if they are as they were; and of the target. */
  scales: [number, number][];
  target_scale: [number, number];
  /** Of a generated set. */
  noise: number;
}

/** Where an activation levels off, and how steep it is at most. */
export interface Levels {
  low: number;
  high: number;
  steepest: number;
}

export interface Choices {
  activations: string[];
  losses: Record<string, string>;
  optimizers: Record<string, Record<string, number>>;
  initialisers: string[];
  datasets: Record<string, boolean>;
  /** Those of them that are truth tables, unless more is asked for. */
  gates: string[];
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
  /** What the detail depends on: two networks of which it is equal have one. */
  explained: string;
  table: Table;
  choices: Choices;
  /** Of each layer whose activation levels off on both sides. */
  levels: Record<string, Levels>;
  /** First weights by other seeds, so that reseeding needs no server. */
  others: First[];
  /** Losses that do not fit the data, each with the reason. */
  unfit: Record<string, string>;
  /** A Python script of a run, with gaps for what happened in it. */
  script: string;
  lesson?: Lesson | null;
  /** What a session file holds besides its spec. */
  session?: Record<string, unknown>;
  /** None where it can be asked for. */
  detail?: Detail | null;
}

/** More of the diagram than its first sight; see studio/near.py. */
export interface Near {
  /** The diagram with a wide layer opened, by the name of its fold. */
  openings: Record<string, Opening>;
  /** The drawing of a neuron of each layer, with the letter k for its number. */
  neurons: Record<string, Picture>;
}

/** What is shown of a network once it is asked for; see studio/detail.py. */
export interface Detail extends Near {
  rules: Rules;
}

export interface First {
  seed: number;
  key: string;
  first: Record<string, number[]>;
}

/** What must be reached before a lesson goes on: one of these. */
export interface Goal {
  error_below?: number | null;
  step?: number | null;
  stage?: string | null;
  select?: string | null;
  change?: boolean;
}

export interface LessonStep {
  title: string;
  text: string;
  look?: string;
  goal?: Goal | null;
}

/** A guided tour of a network: see studio/lesson.py. */
export interface Lesson {
  title: string;
  hidden: string[];
  locked: string[];
  step: LessonStep[];
}

/** A number: the product of what lies at references, whose index may hold letters. */
export type Factors = ([string, ...(string | number)[]] | number)[];

/** A formula with gaps, in three forms; see studio/rules/form.py. */
export interface Template {
  math: string;
  tex: string;
  text: string;
  slots?: Factors[];
  loops?: Loop[];
  choices?: Choice[];
}

export interface Loop {
  letter: string;
  start: number;
  size: number | "batch";
  term: Template;
  sizes: Factors;
}

export interface Choice {
  left: Factors;
  relation: string;
  right: Factors;
  then: Template;
  otherwise: Template;
}

export interface Equation {
  symbols: Template;
  numbers: Template | null;
  /** Between what all elements of a quantity must lie for the formula to hold. */
  bound?: { name: string; low: number; high: number } | null;
}

export interface Run {
  letter: string;
  size: number | "batch";
  other?: string;
}

export interface Way {
  target: string;
  index: (string | number)[];
  runs: Run[];
  symbol: Template;
  formula: Equation;
  value: Factors;
}

export interface Assignment {
  symbol: Template;
  formula: Equation;
  value: Factors;
}

export interface Rule {
  letters: string[];
  symbol: Template;
  derivative?: Template | null;
  forward?: Equation | null;
  ways?: Way[];
  update?: Assignment[];
}

export interface Rules {
  single: Record<string, Rule>;
  batch: Record<string, Rule>;
  same: Record<string, string>;
}

export function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const found = new Uint8Array(text.length);
  // A loop: `Uint8Array.from` takes fifty times as long, and a table may be a megabyte.
  for (let n = 0; n < text.length; n++) found[n] = text.charCodeAt(n);
  return found;
}

export function floats(base64: string): Float64Array {
  return new Float64Array(bytes(base64).buffer);
}
