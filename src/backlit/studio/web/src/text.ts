// Every text of the studio, in one place, to be translated.

export const text = {
  title: "backlit studio",
  player: {
    label: "Player",
    play: "Play",
    pause: "Pause",
    operation: "operation",
    pass: "pass",
    update: "update",
    epoch: "epoch",
    forward: "one {what} forward",
    back: "one {what} back",
    reset: "Reset",
    place: "Step {step}, epoch {epoch}",
  },
  diagram: { label: "The network" },
  views: {
    label: "What the network does",
    log: "logarithmic axis",
    sections: {
      boundary: {
        title: "Decision boundary",
        of: "Prediction",
        caption:
          "What the network answers at every point of the plane: the fuller the colour, the surer. Marks are the samples.",
        ofCaption:
          "What the network answers at every point of the plane. Marks are the samples, with their targets as colours.",
      },
      fit: {
        title: "Fit",
        caption: "The curve is the network's answer to every input. Marks are the samples.",
      },
      images: {
        title: "Images",
        caption:
          "The sample as an image; then what each neuron of layer 1 looks for: its weights, pixel by pixel. Hatched pixels never change.",
      },
      curves: {
        title: "Learning curves",
        caption: "Training works when they fall. Test error that rises again means overfitting.",
      },
      neurons: {
        title: "Neurons",
        caption:
          "The output of each neuron over the plane of the inputs; the line is where it turns. Click one to ask about it.",
      },
      flow: {
        title: "Gradient flow",
        caption:
          "How much of the error's gradient reaches each layer, the last one being 1. In the hatched ends it vanishes or explodes.",
      },
      landscape: {
        title: "Landscape of the error",
        caption:
          "The training error around these weights, the fuller the colour, the higher it is. Down the gradient is to the right.",
      },
    },
    readings: {
      share: "class {label}, {value} sure",
      score: "class {label}, score {value}",
    },
    key: {
      labelled: "{target} {label}",
      test: "hollow: test sample",
      testSquare: "square: test sample",
    },
    boundary: {
      label: "Map of the prediction; the arrow keys read it",
      hint: "Point at the map, or use the arrow keys, to read it.",
      level: "prediction {level}",
      between: "where the class changes",
      equal: "prediction {values}",
    },
    fit: {
      label: "The network's curve; the arrow keys read it",
      hint: "Point at the curve, or use the arrow keys, to read it.",
      share: "share",
      network: "the network says",
      residual: "Sample shown: prediction {y}, target {t}; residual {difference}.",
    },
    images: {
      sample: "Sample {n}",
      target: "{target} {label}",
      network: "the network says",
      weights: "Weights of layer 1",
      one: "Weights of neuron {n}",
      label: "Weights of neuron {n} as an image; the arrow keys read it",
      hint: "Point at the image, or use the arrow keys, to read a weight.",
      weight: "{pixel}: weight {value}",
      noPixel: "This pixel never changes: it is no input.",
      scale: "weight",
    },
    neurons: {
      layer: "Layer {n}, {kind}",
      neuron: "{layer}: neuron {n}",
      all: "All {n} neurons",
      fewer: "Fewer neurons",
    },
    curves: {
      steps: "step",
      errorAxis: "error E",
      accuracyAxis: "share that is right",
      errorLabel: "Error over the steps; the arrow keys read it",
      accuracyLabel: "Accuracy over the steps; the arrow keys read it",
      train: "training",
      tests: "test",
      now: "this step",
      at: "Step {step}, epoch {epoch}: ",
      error: "error {train}",
      test: " (test {test})",
      right: "right {train}",
      summary: "The training error went from {first} at step {from} to {last} at step {to}.",
      best: " The lowest test error is {test}, at step {step}.",
      lastRight: " At the end {right} of the training samples are right.",
    },
    flow: {
      column: "Layer",
      size: "∂E/∂Σ, length",
      relative: "∂E/∂w",
      about:
        "Step {step}; training samples: {rows}. ∂E/∂Σ is relative to the last layer's, {gradient}; ∂E/∂w to the weights.",
      healthy: "The gradient reaches every layer; no unit is dead or saturated.",
      vanishing:
        "The gradient vanishes: in layer {layer} it is {times} times smaller than in layer {last}.",
      exploding:
        "The gradient explodes: in layer {layer} it is {times} times larger than in layer {last}.",
      blocked: "The gradient stops at layer {layer}: ∂E/∂Σ is 0 there, and before it.",
      endless:
        "Training has diverged: the gradient of layer {layer} is beyond all measure. Reset, and lower the learning rate.",
      learnt: "These samples are learnt: the gradient is small everywhere, as it should be.",
      still: "The gradient of the last layer is 0: there is nothing to learn from these samples.",
      are: ["is", "are"],
      dead: "{count} of {units} units of layer {layer} {are} dead: {why}.",
      silent: "{activation} gives 0 for each of {rows} samples",
      slopeless: "the slope of {activation} is 0 for each of {rows} samples",
      saturated:
        "{count} of {units} units of layer {layer} {are} saturated: {activation} is flat for nearly all of {rows} samples.",
    },
    landscape: {
      label: "Contour map of the error; the arrow keys read it",
      ask: "Work it out",
      none: "E is not finite here: there is no landscape.",
      busy: "Working it out …",
      stale: "This was step {step}; it is worked out anew when training rests.",
      down: "weights, down the gradient",
      level: "weights, in a fixed direction: there is no gradient",
      back: "weights, back towards the start",
      aside: "weights, across the gradient",
      here: "Step {step}: E = {error}, gradient of length {slope}. Dot: these weights; line: the path here.",
      there: "{down} down the gradient, {aside} across: E = {error}",
    },
  },
};
