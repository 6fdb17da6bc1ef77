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
  connection: {
    gone: "backlit play has ended. Training goes on in this page; to have another network compiled, start backlit play again.",
    strange: "Another backlit play runs here now. Open the link that it printed.",
  },
  diagram: { label: "The network" },
};
