"""What `backlit train` is asked for, and what of it can be checked without a table."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from backlit.errors import OptionError
from backlit.network.architecture import Dense
from backlit.options import fraction, known, not_negative, whole
from backlit.train import defaults
from backlit.train.metrics import TASKS
from backlit.train.plan import Plan
from backlit.train.stopping import EarlyStopping
from backlit.update.optimizers import Optimizer, named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# What may be given when training is taken up again; the model says the rest.
FREE_ON_RESUME = {
    *("data", "resume", "epochs", "patience", "metric", "executor", "threads"),
    *("out", "plot", "as_json", "quiet"),
}


@dataclass(frozen=True)
class Wishes:
    """The options of `backlit train`, by their names; None is what was not given."""

    data: str
    target: str | None = None
    task: str | None = None
    hidden: str | None = None
    activation: str | None = None
    loss: str | None = None
    optimizer: str | None = None
    learning_rate: float | None = None
    clip_norm: float | None = None
    l1: float | None = None
    l2: float | None = None
    epochs: int | None = None
    batch_size: int | None = None
    validation: float | None = None
    patience: int | None = None
    test: float | None = None
    seed: int | None = None
    samples: int | None = None
    noise: float | None = None
    metric: Sequence[str] | None = None
    executor: str | None = None
    threads: int | None = None
    out: Path | None = None
    resume: Path | None = None
    plot: Path | None = None
    as_json: bool = False
    quiet: bool = False

    @property
    def fixed(self) -> list[str]:
        """The options given that a model which is taken up again has its own of."""
        given = [f.name for f in fields(self) if getattr(self, f.name) is not None]
        return [f"--{n.replace('_', '-')}" for n in given if n not in FREE_ON_RESUME]


def check(wishes: Wishes) -> None:
    """Check what does not depend on the table.

    Raises:
        OptionError: An option out of range, or a name that does not exist.
    """
    given = {f.name: getattr(wishes, f.name) for f in fields(wishes)}
    plan = ("epochs", "batch_size", "seed", "executor", "threads")
    Plan(optimizer(wishes), **{n: given[n] for n in plan if given[n] is not None})
    Dense(1, wishes.activation or defaults.ACTIVATION)
    hidden_units(wishes.hidden)
    if wishes.patience is not None:
        EarlyStopping(wishes.patience)
    if wishes.loss is not None:
        known("loss", wishes.loss, defaults.KNOWN_LOSSES)
    if wishes.task is not None:
        known("task", wishes.task, TASKS)
    for name in ("test", "validation"):
        fraction(name, given[name] or 0.0)
    for name in ("l1", "l2"):
        not_negative(name, given[name] or 0.0)


def optimizer(wishes: Wishes) -> Optimizer:
    """Return the optimizer with its options; raises OptionError as `check` does."""
    found: Any = named(wishes.optimizer or defaults.OPTIMIZER)
    rate = wishes.learning_rate
    if rate is None and wishes.optimizer in {None, defaults.OPTIMIZER}:
        rate = defaults.ADAM_RATE
    if rate is not None:
        found = replace(found, learning_rate=rate)
    limited: Optimizer = replace(found, clip_norm=wishes.clip_norm)
    return limited


def hidden_units(text: str | None) -> tuple[int, ...]:
    """Return the units of the hidden layers: of `16,16`, of `none`, or the usual.

    Raises:
        OptionError: It is neither.
    """
    if text is None:
        return defaults.HIDDEN
    if text.strip().lower() == "none":
        return ()
    try:
        return tuple(whole("hidden", int(units), 1) for units in text.split(","))
    except ValueError:
        raise OptionError(
            f"--hidden {text!r}; the neurons of each layer are needed, parted by "
            "commas as in 16,16, or none"
        ) from None
