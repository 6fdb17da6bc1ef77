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
};
