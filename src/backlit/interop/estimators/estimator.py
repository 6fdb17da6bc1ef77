"""What both estimators share: parameters, the network they fit, what it predicts.

Parameters are fields, stored as they are given and checked when fitting begins, as
scikit-learn asks of an estimator. What fitting finds has a name that ends in `_`.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from backlit.errors import DataError
from backlit.interop.estimators.learning import SCORE, learn, learn_more
from backlit.interop.estimators.options import seed_of
from backlit.model import Network
from backlit.train.evaluate import predict
from backlit.train.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.graph.node import Array
    from backlit.interop.estimators.learning import Problem
    from backlit.interop.estimators.targets import Scale
    from backlit.network.initialise import Initialiser
    from backlit.train.history import History
    from backlit.train.state import TrainingState
    from backlit.update.optimizers import Optimizer
    from backlit.update.schedules import Schedule

SPARSE = ("csr", "csc")


@dataclass(eq=False, repr=False)  # an estimator is itself, and sklearn prints it
class NetworkEstimator(BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """What `NetworkClassifier` and `NetworkRegressor` share.

    Args:
        hidden_layer_sizes: Neurons of each hidden layer, such as (64, 32); () for none.
        activation: Of the hidden layers: "relu", "tanh", "logistic", "identity", or any
            activation of backlit.
        initialiser: How first weights are drawn: "glorot_uniform" as in
            `MLPClassifier`, another of backlit's by name, an `Initialiser`, or None for
            what suits the activation. Biases start at 0.
        solver: "adam" or "sgd", also "momentum", "nesterov", "adagrad", "rmsprop",
            "adamw"; or an optimizer such as `backlit.Adam(0.01)`, whose own options
            then hold instead of those below. There is no "lbfgs".
        alpha: Strength of the penalty alpha/2 · Σw² on weights, not biases. As in
            `MLPClassifier` it is divided by the number of samples in a batch, or where
            samples are weighted by the mean sum of their weights in one.
        l1: Strength of the penalty l1 · Σ|w|, likewise divided.
        batch_size: Samples in a step, at most all there are; "auto" is at most 200.
        learning_rate: "constant"; with the solver "sgd" also "invscaling" (divided in
            each epoch by the power `power_t` of the samples seen) and "adaptive"
            (divided by 5 whenever training would stop otherwise, down to 1e-6); or for
            any solver a schedule such as `backlit.Cosine(0.01, 500)`.
        learning_rate_init: The learning rate, or the first.
        power_t: The power of "invscaling".
        max_iter: Epochs at most.
        shuffle: Whether each epoch takes the samples in an order of its own.
        random_state: An int, the seed of the network and of all that is random; a
            `RandomState` to draw the seed from, or None for NumPy's own.
        tol: The least fall of the error, or rise of the validation score, that counts.
        verbose: Whether to show a bar with the error while training, on stderr.
        warm_start: Whether `fit` goes on from the weights of the last fit.
        momentum: Of "sgd", "momentum" and "nesterov".
        nesterovs_momentum: Whether that of "sgd" is Nesterov's.
        early_stopping: Whether to hold samples out, stop when the score on them
            (accuracy or R²) rises no longer, and keep the best weights.
        validation_fraction: The share held out; of each class alike, where that can be.
        beta_1: Decay of the mean gradient of "adam" and "adamw".
        beta_2: Decay of their mean squared gradient.
        epsilon: Added to the divisor of "adam", "adamw", "adagrad" and "rmsprop".
        n_iter_no_change: Training stops after more than so many epochs in a row that do
            not improve on the best by `tol`.
        clip_norm: The largest norm of all gradients together, if limited.
        executor: What runs the graph, as in `Network.fit`: "auto", "native" or
            "interpret".
        threads: Threads to use at most, as in `Network.fit`; the results are the same
            for any number.
        dtype: The precision of training, "float64" or "float32".

    Attributes:
        network_: The `backlit.Network`, to be traced, explained, drawn, saved.
        coefs_: The weights of each layer, `(inputs, outputs)` each.
        intercepts_: The biases of each layer, `(outputs,)` each.
        out_activation_: "softmax", "logistic" or "identity".
        n_iter_: Epochs in the last call of `fit` or `partial_fit`.
        loss_: The error, penalty included, over the last epoch.
        loss_curve_: The same for every epoch since the weights were drawn.
        best_loss_: The smallest of them; None with early stopping.
        validation_scores_: The score on the samples held out, epoch by epoch; None
            without early stopping.
        best_validation_score_: The largest of them; None likewise.
        n_features_in_: The number of inputs.
        feature_names_in_: Their names, if X was a frame with names.
        n_layers_: Layers, counting the inputs as one.
        n_outputs_: The number of outputs.
        t_: Samples seen in all epochs together.
    """

    hidden_layer_sizes: int | Sequence[int] = (100,)
    activation: str = "relu"
    _: KW_ONLY
    initialiser: str | Initialiser | None = "glorot_uniform"
    solver: str | Optimizer = "adam"
    alpha: float = 0.0001
    l1: float = 0.0
    batch_size: int | str = "auto"
    learning_rate: str | Schedule = "constant"
    learning_rate_init: float = 0.001
    power_t: float = 0.5
    max_iter: int = 200
    shuffle: bool = True
    random_state: int | np.random.RandomState | None = None
    tol: float = 1e-4
    verbose: bool | int = False
    warm_start: bool = False
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    early_stopping: bool = False
    validation_fraction: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    n_iter_no_change: float = 10
    clip_norm: float | None = None
    executor: str = "auto"
    threads: int | None = None
    dtype: str = "float64"

    @property
    def coefs_(self) -> list[Array]:
        """The weights of each layer, `(inputs, outputs)` each."""
        return [self._parameter(f"{name}.weight").T for name in self._layers]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer, `(outputs,)` each."""
        return [self._parameter(f"{name}.bias") for name in self._layers]

    @property
    def _layers(self) -> tuple[str, ...]:
        return self.network_.architecture.names

    def _parameter(self, name: str) -> Array:
        return self.network_.parameters[name]

    def _forward(self, X: Any, quantity: str = "prediction") -> Array:
        """Return a quantity of the network for each row of X, `(samples, outputs)`."""
        check_is_fitted(self, "network_")
        X = validate_data(self, X, accept_sparse=SPARSE, dtype=np.float64, reset=False)
        net = self.network_
        if quantity == "logits":
            quantity = f"{net.architecture.names[-1]}.output"
        return predict(net.architecture, dict(net.parameters), _dense(X), quantity)

    def _goes_on(self, *, partial: bool) -> bool:
        """Tell whether to go on with the network there is."""
        return hasattr(self, "network_") and (partial or self.warm_start)

    def _table(self, X: Any, y: Any, *, reset: bool, numeric: bool) -> Any:
        """Check X and y; return X dense in float64, and y."""
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=SPARSE,
            multi_output=True,
            y_numeric=numeric,
            dtype=np.float64,
            reset=reset,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return _dense(X), y

    def _learn(
        self, problem: Problem, scale: Scale | None = None, *, partial: bool
    ) -> None:
        """Train, and note what was found, with weights for targets in their units."""
        goes_on = self._goes_on(partial=partial)
        seed = self.network_.seed if goes_on else seed_of(self.random_state)
        how = learn_more if partial else learn
        learnt = how(self, problem, seed, self._state if goes_on else None)
        self._state: TrainingState = learnt.state
        a, parameters = learnt.architecture, learnt.state.parameters
        self.network_: Network = Network(
            a.inputs, a.layers, a.loss, seed=seed, l1=a.l1, l2=a.l2
        )
        if scale is not None:
            parameters = scale.unfolded(parameters, a.names[-1])
        self.network_.parameters.update(parameters)
        self.n_outputs_, self.n_layers_ = a.outputs, len(a.layers) + 1
        self.n_iter_ = learnt.epochs
        self.t_: int = learnt.epochs * learnt.samples + (self.t_ if goes_on else 0)
        self._note_curves(learnt.state.history)

    def _note_curves(self, history: History) -> None:
        """Note errors and scores, epoch by epoch."""
        self.loss_curve_ = history.column("loss")
        self.loss_ = self.loss_curve_[-1] if history else np.nan
        scores = [row[SCORE] for row in history if SCORE in row]
        self.validation_scores_ = scores if self.early_stopping else None
        self.best_validation_score_ = max(scores) if self.validation_scores_ else None
        best = min(self.loss_curve_, default=np.nan)
        self.best_loss_ = None if self.early_stopping else best

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def weights_of(sample_weight: Any, X: Array) -> Array:
    """Return checked weights `(samples,)`, all 1 if none are given.

    Raises:
        ValueError: They are not one for each sample, negative, not finite, or all 0.
    """
    found: Array = _check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )
    return found


def weighted(X: Array, T: Array, weight: Array, unit: float | None = None) -> Any:
    """Return the samples that count, and what a weight of 1 was before.

    Samples of weight 0 are left out, as if they had never been there.

    Args:
        X: `(samples, inputs)`.
        T: `(samples, outputs)`.
        weight: `(samples,)`.
        unit: What to divide weights by; by default their mean.
    """
    rows = weight > 0
    if not rows.any():
        raise DataError("all samples have the weight 0; at least one must count")
    unit = weight[rows].mean() if unit is None else unit
    scaled = weight[rows] / unit
    given = None if np.all(scaled == 1) else scaled
    return Samples(X[rows], T[rows], given, np.flatnonzero(rows)), float(unit)


def _dense(X: Any) -> Array:
    table: Array = X.toarray() if issparse(X) else X
    return table
