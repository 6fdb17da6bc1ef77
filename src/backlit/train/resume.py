"""Taking training up again: what must stay as it was, so that no bit differs."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from backlit.errors import DataError, OptionError
from backlit.update.description import optimizer_from, to_data

if TYPE_CHECKING:
    from backlit.train.plan import Plan
    from backlit.train.state import TrainingState


class Options(Struct, forbid_unknown_fields=True):
    """The options of a run that must stay the same when it is resumed."""

    optimizer: dict[str, Any]
    batch_size: Annotated[int, Meta(ge=1)]
    shuffle: bool
    seed: Annotated[int, Meta(ge=0)]
    dtype: Annotated[str, Meta(pattern="^float(32|64)$")]
    samples: Annotated[int, Meta(ge=1)]


def options_of(plan: Plan, samples: int) -> Options:
    """Return what of a plan must stay the same, and the number of samples."""
    return Options(
        to_data(plan.optimizer),
        plan.batch_size,
        plan.shuffle,
        plan.seed,
        plan.dtype,
        samples,
    )


def taken_up(
    training: TrainingState | None, options: Options | None, plan: Plan, samples: int
) -> tuple[TrainingState, Plan]:
    """Return where an earlier run stands, and the plan on which it goes on.

    Raises:
        OptionError: There is no earlier run.
        DataError: There are more or fewer samples than there were.
    """
    if training is None or options is None:
        raise OptionError("resume=True, but the network holds no earlier training")
    if plan.early_stopping is None:
        forget_best(training)
    return training, resumed(plan, options, samples)


def resumed(plan: Plan, options: Options, samples: int) -> Plan:
    """Return a plan with what must stay as it was in the run before.

    Raises:
        DataError: There are more or fewer samples than there were.
    """
    if options.samples != samples:
        raise DataError(
            f"training was on {options.samples} samples, now there are {samples}; "
            "resume needs the same data and split"
        )
    return replace(
        plan,
        optimizer=optimizer_from(options.optimizer),
        batch_size=options.batch_size,
        shuffle=options.shuffle,
        seed=options.seed,
        dtype=options.dtype,
    )


def forget_best(state: TrainingState) -> None:
    """Let the last parameters count again, after a run that kept the best."""
    vars(state).update(best={}, best_score=inf, best_epoch=None, waited=0)
