"""How to train: the options of a run, checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backlit.errors import OptionError
from backlit.options import known, precision, settle, whole
from backlit.train.metrics import METRICS
from backlit.update.optimizers import named

if TYPE_CHECKING:
    from backlit.train.measures import Measure
    from backlit.train.state import TrainingState
    from backlit.train.stopping import Rule
    from backlit.update.optimizers import Optimizer

Callback = Callable[["TrainingState"], Any]
EXECUTORS = ("auto", "native", "interpret")


@dataclass(frozen=True)
class Plan:
    """How to train.

    Args:
        optimizer: The update rule.
        epochs: The number of epochs in all, those of an earlier run included.
        batch_size: Samples per step; the last batch of an epoch may be smaller.
        shuffle: Whether each epoch takes the samples in an order of its own.
        seed: Of the order of samples.
        metrics: Names of metrics to compute each epoch.
        measures: What else to compute each epoch.
        early_stopping: When to stop before the last epoch, if at all: `EarlyStopping`,
            or another rule that reads the rows.
        callbacks: Called with the state after each epoch; one that returns True ends
            training. What they change in the state is trained on with. Native code
            must come back to Python for them after each epoch.
        progress: Called with the state now and then, after one epoch or many.
        dtype: The precision, "float64" or "float32"; by default float32 in native
            code, float64 in the interpreter.
        executor: What runs the graph: "native", compiled for this processor,
            "interpret", in NumPy, or "auto", which is native.
        threads: Threads to use at most; by default as many as there are processors,
            up to 4. Native code uses more than one where a step is long enough, as
            long as that is faster; the results are the same to the bit. The
            interpreter leaves it to NumPy.

    Raises:
        OptionError: A value outside its range, or a name that does not exist.
    """

    optimizer: Optimizer
    epochs: int = 50
    batch_size: int = 32
    shuffle: bool = True
    seed: int = 0
    metrics: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    early_stopping: Rule | None = None
    callbacks: tuple[Callback, ...] = ()
    progress: Callback | None = None
    dtype: str = ""
    executor: str = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        threads = self.threads
        executor = known("executor", self.executor, EXECUTORS)
        executor = "native" if executor == "auto" else executor
        usual = "float32" if executor == "native" else "float64"
        settle(
            self,
            optimizer=named(self.optimizer),
            epochs=whole("epochs", self.epochs, 1),
            batch_size=whole("batch_size", self.batch_size, 1),
            shuffle=bool(self.shuffle),
            seed=whole("seed", self.seed),
            callbacks=tuple(map(_function, self.callbacks)),
            metrics=tuple(known("metric", m, METRICS) for m in self.metrics),
            dtype=precision(self.dtype or usual),
            executor=executor,
            threads=None if threads is None else whole("threads", threads, 1),
        )


def _function(callback: Any) -> Callback:
    if not callable(callback):
        raise OptionError(
            f"callbacks holds {callback!r}; functions of the state are needed"
        )
    function: Callback = callback
    return function
