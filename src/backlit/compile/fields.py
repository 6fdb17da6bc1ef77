"""The numbers that a training program and its caller share, 64-bit integers each."""

FIELDS = (
    "epoch", "batch", "budget", "samples", "size", "epochs", "shuffle", "steps",
    "bad", "key", "seen", "since", "ring", "slot",
)  # fmt: skip
