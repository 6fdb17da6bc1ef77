// Networks to be drawn, with samples written out: quickly compiled.

import type { Spec } from "../../src/bundle";

export const LAYERS: Spec = {
  network: { inputs: 2, loss: "binary_cross_entropy_with_logits", seed: 3 },
  layer: [{ units: 8, activation: "tanh" }, { units: 8, activation: "tanh" }, { units: 1 }],
  sample: {
    x: [
      [0.5, -0.2],
      [-1, 0.8],
    ],
    t: [[1], [0]],
  },
  batch_size: 2,
};

export const WIDE: Spec = {
  network: { inputs: 3 },
  layer: [{ units: 12, activation: "tanh" }, { units: 8, activation: "tanh" }, { units: 1 }],
  sample: { x: [0.1, 0.2, 0.3], t: [1] },
};
