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
    validate_data,
)

from backlit.errors import DataError
from backlit.interop.estimators.learning import Problem, learn
from backlit.interop.estimators.options import check, seed_of
from backlit.train.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backlit.graph.node import Array
    from backlit.model import Network
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
        executor: What runs the graph: "auto" or "interpret".
        threads: Threads to use, as far as the executor lets one choose.
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
        check_is_fitted(self)
        X = validate_data(
            self, X, accept_sparse=SPARSE, dtype=np.float64, reset=False
        )
        net = self.network_
        return predict(net.architecture, dict(net.parameters), _dense(X), quantity)

    def _table(self, X: Any, y: Any, *, reset: bool, **checks: Any) -> tuple[Array, Any]:
        """Check X and y; return them as dense X float64 and y in as many columns."""
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=SPARSE,
            multi_output=True,
            dtype=np.float64,
            reset=reset,
            **checks,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return _dense(X), y

    def _goes_on(self, *, partial: bool) -> bool:
        """Tell whether to go on with the network there is."""
        return hasattr(self, "network_") and (partial or self.warm_start)

    def _learn(self, problem: Problem, *, partial: bool) -> None:
        goes_on = self._goes_on(partial=partial)
        seed = self.network_.seed if goes_on else seed_of(self.random_state)
        before = self._state if goes_on else None
        learnt = (learn_more if partial else learn)(self, problem, seed, before)
        ...

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
