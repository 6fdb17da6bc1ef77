"""A network with its weights: what a person holds, trains, asks and saves.

`Network` joins the parts that work on descriptions (network, train, trace, explain)
with the parameters they work on. It adds no mathematics of its own.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from backlit.errors import DataError
from backlit.network import file as network_file
from backlit.network.architecture import Architecture, Dense
from backlit.network.parameters import Parameters
from backlit.options import whole
from backlit.recorded import Recorded
from backlit.trace.trace import checked
from backlit.train import checkpoint, evaluate
from backlit.train.fit import fit
from backlit.train.plan import Plan
from backlit.train.progress import shown
from backlit.train.resume import Options, options_of, taken_up
from backlit.train.samples import class_weighted, divide, samples
from backlit.train.state import TrainingState
from backlit.train.step import one_step
from backlit.train.stopping import EarlyStopping, stopping
from backlit.update.optimizers import Adam, Optimizer, named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backlit.graph.node import Array
    from backlit.studio.notebook import Widget
    from backlit.train.history import History
    from backlit.train.plan import Callback


class Network:
    """A network: layers on a number of inputs, an error, and weights.

    Args:
        inputs: The number of inputs.
        layers: The layers, from the input on.
        loss: The error's convention: mse, half_mse, sse, half_sse, mae, huber, hinge,
            binary_cross_entropy, binary_cross_entropy_with_logits or cross_entropy
            (on logits).
        seed: Of the first weights.
        l1: Strength of the penalty l1 · Σ|w|.
        l2: Strength of the penalty l2/2 · Σw².

    Example:
        >>> import backlit as bl
        >>> net = bl.Network(2, [bl.Dense(1, "sigmoid")], loss="mse", seed=0)
        >>> net.parameters["dense1.weight"] = [[0.4, -0.6]]
        >>> net.parameters["dense1.bias"] = [0.1]
        >>> p = net.trace(x=[0.5, 0.8], t=[1.0])
        >>> round(float(p["E"]), 6)
        0.296893
    """

    def __init__(
        self,
        inputs: int,
        layers: Sequence[Dense],
        loss: str = "mse",
        *,
        seed: int = 0,
        l1: float = 0.0,
        l2: float = 0.0,
    ) -> None:
        checked_there = cast("tuple[Dense, ...]", layers)
        self._set(Architecture(inputs, checked_there, loss, l1, l2), seed)

    def _set(
        self,
        architecture: Architecture,
        seed: int,
        parameters: Mapping[str, Array] | None = None,
    ) -> None:
        self.architecture = architecture
        self.seed = whole("seed", seed)
        first = architecture.initial(self.seed) | dict(parameters or {})
        self.parameters = Parameters(architecture, first)
        self.learning_rate = 0.5
        self.sample: tuple[Array, Array] | None = None
        self.training: TrainingState | None = None
        self.options: Options | None = None
        self.notes: dict[str, str] = {}
        self._stepping: tuple[Optimizer, TrainingState] | None = None

    def __repr__(self) -> str:
        a = self.architecture
        layers = ", ".join(f"{x.units} {x.activation}" for x in a.layers)
        return f"<Network {a.inputs} inputs → {layers}; loss {a.loss}>"

    def trace(
        self,
        x: Any = None,
        t: Any = None,
        *,
        learning_rate: float | None = None,
        sample_weight: Any | None = None,
    ) -> Recorded:
        """Record one forward and backward pass; nothing is updated.

        Args:
            x: Input, `(inputs,)` or `(samples, inputs)`; by default the network
                file's sample.
            t: Target, `(outputs,)` or `(samples, outputs)`.
            learning_rate: The η of the update shown; by default the network's.
            sample_weight: `(samples,)`: factors on the samples' errors.

        Raises:
            DataError: A wrong shape, or values that are not finite.
        """
        if (x is None) != (t is None) or (x is None and self.sample is None):
            raise DataError("trace needs both an input x and a target t")
        if x is None and self.sample is not None:
            x, t = self.sample
        rate = self.learning_rate if learning_rate is None else learning_rate
        return Recorded.record(
            self.architecture,
            dict(self.parameters),
            x,
            t,
            learning_rate=rate,
            sample_weight=sample_weight,
        )

    def step(self, x: Any, t: Any, optimizer: Optimizer | str) -> float:
        """Do one forward pass, backward pass and update; return E before the update.

        The optimizer's state is kept from step to step, until another one is given.

        Args:
            x: Input, `(inputs,)` or `(samples, inputs)`.
            t: Target, `(outputs,)` or `(samples, outputs)`.
            optimizer: The update rule, or its name.

        Raises:
            DataError: A wrong shape, or values that are not finite.
            NonFiniteError: The step met a value that is not finite; nothing changed.
        """
        a, optimizer = self.architecture, named(optimizer)
        x = np.atleast_2d(checked("x", x, a.inputs, "inputs"))
        t = np.atleast_2d(checked("t", t, a.outputs, "outputs"))
        data = samples(a, x, t)
        if self._stepping is None or self._stepping[0] != optimizer:
            self._stepping = (optimizer, TrainingState({}))
        state = self._stepping[1]
        state.parameters = dict(self.parameters)
        error = one_step(a, state, data, Plan(optimizer, executor="interpret"))
        self.parameters = Parameters(self.architecture, state.parameters)
        return error

    def fit(
        self,
        X: Any,
        T: Any,
        *,
        optimizer: Optimizer | str | None = None,
        epochs: int = 50,
        batch_size: int = 32,
        validation: float | tuple[Any, Any] | None = None,
        shuffle: bool = True,
        seed: int | None = None,
        sample_weight: Any | None = None,
        class_weight: Mapping[int, float] | str | None = None,
        metrics: Sequence[str] = (),
        early_stopping: EarlyStopping | int | None = None,
        callbacks: Sequence[Callback] = (),
        resume: bool = False,
        progress: bool = False,
        executor: str = "auto",
        threads: int | None = None,
        dtype: str = "",
    ) -> History:
        """Train on a table; Ctrl-C ends training and keeps what was learnt.

        Args:
            X: Inputs, `(samples, inputs)`.
            T: Targets, `(samples, outputs)`; `(samples,)` for one output; class
                indices `(samples,)` for cross-entropy.
            optimizer: An optimizer, or its name; Adam by default.
            epochs: Epochs in all.
            batch_size: Samples per step.
            validation: A share of the samples to hold out, or a pair (X, T).
            shuffle: Whether each epoch has an order of its own.
            seed: Of that order; the network's by default.
            sample_weight: `(samples,)`, how much each sample counts.
            class_weight: How much each class counts, by index, or "balanced".
            metrics: accuracy, balanced_accuracy, macro_f1, roc_auc, r2, mae.
            early_stopping: A rule, or the epochs to wait for improvement.
            callbacks: Called with the state after each epoch; True ends training.
            resume: Go on where the last run, also a loaded one, stopped: with its
                optimizer, batch size, order, seed and precision, whatever is given.
            progress: Whether to show a bar on the terminal.
            executor: "native", "interpret" (NumPy), or "auto", which is native.
            threads: Threads to use at most, by default one for each processor, up to
                4; the same results to the bit. The interpreter leaves it to NumPy.
            dtype: "float32" or "float64"; by default what suits the executor.

        Returns:
            The history: one row for each epoch.

        Raises:
            DataError: Arrays that do not fit the network.
            OptionError: An option outside its range.
            NonFiniteError: A value was not finite; the parameters are the last good.
        """
        plan = Plan(
            optimizer=named(Adam() if optimizer is None else optimizer),
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=self.seed if seed is None else seed,
            metrics=(metrics,) if isinstance(metrics, str) else tuple(metrics),
            early_stopping=stopping(early_stopping),
            callbacks=tuple(callbacks),
            dtype=dtype,
            executor=executor,
            threads=threads,
        )
        data = samples(self.architecture, X, T, sample_weight)
        data = class_weighted(data, class_weight)
        data, held = divide(self.architecture, data, validation, plan.seed)
        state = TrainingState(dict(self.parameters))
        if resume:
            state, plan = taken_up(self.training, self.options, plan, len(data))
        bar = shown(plan.epochs, state.epoch) if progress else nullcontext()
        try:
            with bar as move:
                fit(self.architecture, state, data, replace(plan, progress=move), held)
        finally:
            self.parameters = Parameters(self.architecture, state.kept)
            self.training, self.options = state, options_of(plan, len(data))
        return state.history

    def predict(self, X: Any) -> Array:
        """Return the prediction for every row of X, `(samples, outputs)`.

        That is the output; probabilities where the error is taken on logits.
        """
        return evaluate.predictions(self.architecture, dict(self.parameters), X)

    def play(
        self, data: str | Path | None = None, *, x: Any = None, t: Any = None
    ) -> Widget:
        """Show the studio in a notebook: on a table, or on samples as in `trace`.

        Raises:
            OptionError: anywidget is not installed.
            DataError: What is to be learnt does not fit the network.
        """
        from backlit.studio.notebook import widget  # noqa: PLC0415 - an extra

        sample = self.sample if x is None or t is None else (x, t)
        return widget(self, data, sample)

    def save(self, path: str | Path, **notes: str) -> None:
        """Write network, weights, where training stands, and notes (JSON) into a file.

        Raises:
            DataError: The file cannot be written; an older one is unharmed.
        """
        model = checkpoint.Model(
            self.architecture,
            self.seed,
            dict(self.parameters),
            self.training,
            self.options,
            self.notes | notes,
            self.learning_rate,
        )
        checkpoint.save(path, model)


def load(path: str | Path) -> Network:
    """Return the network in a model (.safetensors) or a network file (.toml).

    Raises:
        DataError: The file cannot be read or is no model.
        NetworkError: The network file does not describe a network.
    """
    net = Network.__new__(Network)
    if Path(path).suffix.lower() == ".toml":
        described = network_file.read(path)
        net._set(described.architecture, described.seed, described.parameters)  # noqa: SLF001
        net.learning_rate, net.sample = described.learning_rate, described.sample
    else:
        model = checkpoint.load(path)
        net._set(model.architecture, model.seed, model.parameters)  # noqa: SLF001
        net.training, net.options = model.state, model.options
        net.learning_rate, net.notes = model.learning_rate, dict(model.notes)
    return net
