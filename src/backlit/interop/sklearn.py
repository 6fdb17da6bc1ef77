"""Networks as scikit-learn estimators.

They are in every way estimators of scikit-learn, with the parameters of its
`MLPClassifier` and `MLPRegressor`; what they fit is a `backlit.Network`, `network_`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin

from backlit.interop.estimators.checks import check
from backlit.interop.estimators.estimator import NetworkEstimator, weighted, weights_of
from backlit.interop.estimators.learning import Problem
from backlit.interop.estimators.options import LOSSES
from backlit.interop.estimators.targets import (
    Labels,
    Scale,
    class_weights,
    labels_of,
    scale_of,
)
from backlit.train.classes import class_indices
from backlit.train.metrics import r2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph.node import Array


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkClassifier(ClassifierMixin, NetworkEstimator):  # type: ignore[misc]
    """A network that predicts classes.

    It learns by cross-entropy: softmax for three classes and more, one logistic output
    for two, and one for each label where y is a table of 0 and 1 (several labels at
    once), whose errors and penalties are then averaged over the labels.

    Args:
        class_weight: How much each class counts, by label, 1 where none is given; or
            "balanced": inversely to how many samples (or weights) there are of it.
            "balanced" needs all of the data, so `partial_fit` does not take it.

    Attributes:
        classes_: The classes in order; for several labels at once their columns.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> X, y = load_iris(return_X_y=True)
        >>> net = NetworkClassifier((16,), learning_rate_init=0.02, random_state=0)
        >>> model = make_pipeline(StandardScaler(), net).fit(X, y)
        >>> round(model.score(X, y), 2)
        0.98
        >>> net.network_
        <Network 4 inputs → 16 relu, 3 linear; loss cross_entropy>
    """

    class_weight: Mapping[Any, float] | str | None = None

    def fit(self, X: Any, y: Any, sample_weight: Any | None = None) -> Self:
        """Train on a table.

        Args:
            X: Inputs, `(samples, inputs)`: an array, a frame or a sparse matrix.
            y: Classes `(samples,)`, or 0 and 1 `(samples, labels)`.
            sample_weight: How much each sample counts, `(samples,)`.

        Raises:
            ValueError: A parameter or the data cannot be used; one line says why.
            NonFiniteError: Training met a value that is not finite.
        """
        return self._fit(X, y, sample_weight, partial=False)

    def partial_fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any | None = None,
        classes: Any | None = None,
    ) -> Self:
        """Train for one epoch on a part of the data, from where training stands.

        Args:
            X: Inputs, `(samples, inputs)`.
            y: Classes `(samples,)`, or 0 and 1 `(samples, labels)`.
            sample_weight: How much each sample counts within this part, `(samples,)`.
            classes: All classes there are; needed in the first call, unless y is a
                table of 0 and 1.

        Raises:
            ValueError: A parameter or the data cannot be used; one line says why.
            NonFiniteError: Training met a value that is not finite.
        """
        return self._fit(X, y, sample_weight, classes, partial=True)

    def predict(self, X: Any) -> Array:
        """Return the likeliest class, `(samples,)`, or labels `(samples, labels)`."""
        prediction = self._forward(X)
        return self._labels.decode(prediction)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class or label, `(samples, classes)`."""
        prediction = self._forward(X)
        return self._labels.probabilities(prediction)

    def predict_log_proba(self, X: Any) -> Array:
        """Return logarithms of the probabilities, finite also where these are 0."""
        logits = self._forward(X, "logits")
        return self._labels.log_probabilities(logits)

    def decision_function(self, X: Any) -> Array:
        """Return the logits: `(samples, classes)` or labels, `(samples,)` for two."""
        logits = self._forward(X, "logits")
        return logits[:, 0] if self.n_outputs_ == 1 else logits

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any | None,
        classes: Any | None = None,
        *,
        partial: bool,
    ) -> Self:
        check(self, partial=partial)
        goes_on = self._goes_on(partial=partial)
        X, y = self._table(X, y, reset=not goes_on, numeric=False)
        labels = labels_of(
            y, classes, self._labels if goes_on else None, partial=partial
        )
        given = weights_of(sample_weight, X)
        weight = given
        if self.class_weight is not None:
            weight = given * class_weights(self.class_weight, labels, y, given)
        unit = given[given > 0].mean() if partial else None
        data, unit = weighted(X, labels.encode(y), weight, unit)
        classes = None if labels.several else class_indices(data.T)
        problem = Problem(data, unit, labels.loss, labels.score, classes)
        self._learn(problem, partial=partial)
        self._labels: Labels = labels
        self.classes_ = labels.classes
        self.out_activation_ = labels.link
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


@dataclass(eq=False, repr=False, kw_only=True)
class NetworkRegressor(RegressorMixin, NetworkEstimator):  # type: ignore[misc]
    """A network that predicts numbers, one or several for each sample.

    Args:
        loss: "squared_error", (y - t)²/2 added over outputs; "absolute_error", |y - t|;
            or "huber", the first up to a difference of 1 and then the second; both
            averaged over outputs.
        normalize_y: Whether to learn targets standardised: mean 0, deviation 1 for each
            output. Unlike `MLPRegressor`, which learns y as it is, a network then
            learns prices in thousands as well as shares of 1, and `tol`, `alpha`, the
            loss and the 1 of "huber" are in deviations of y. Predictions, `network_`,
            `coefs_` and `intercepts_` are in the units of y all the same: what
            standardises is in the weights of the last layer. `partial_fit` takes mean
            and deviation from the first part of the data.

    Example:
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> X, y = load_diabetes(return_X_y=True)
        >>> net = NetworkRegressor((8,), learning_rate_init=0.01, random_state=0)
        >>> model = make_pipeline(StandardScaler(), net).fit(X, y)
        >>> round(model.score(X, y), 2)
        0.61
        >>> net.network_
        <Network 10 inputs → 8 relu, 1 linear; loss half_sse>
    """

    loss: str = "squared_error"
    normalize_y: bool = True

    def fit(self, X: Any, y: Any, sample_weight: Any | None = None) -> Self:
        """Train on a table.

        Args:
            X: Inputs, `(samples, inputs)`: an array, a frame or a sparse matrix.
            y: Numbers, `(samples,)` or `(samples, outputs)`.
            sample_weight: How much each sample counts, `(samples,)`.

        Raises:
            ValueError: A parameter or the data cannot be used; one line says why.
            NonFiniteError: Training met a value that is not finite.
        """
        return self._fit(X, y, sample_weight, partial=False)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any | None = None) -> Self:
        """Train for one epoch on a part of the data, from where training stands.

        Args:
            X: Inputs, `(samples, inputs)`.
            y: Numbers, `(samples,)` or `(samples, outputs)`.
            sample_weight: How much each sample counts within this part, `(samples,)`.

        Raises:
            ValueError: A parameter or the data cannot be used; one line says why.
            NonFiniteError: Training met a value that is not finite.
        """
        return self._fit(X, y, sample_weight, partial=True)

    def predict(self, X: Any) -> Array:
        """Return numbers, `(samples,)`, or `(samples, outputs)` for several."""
        prediction = self._forward(X)
        return prediction[:, 0] if self.n_outputs_ == 1 else prediction

    def _fit(self, X: Any, y: Any, sample_weight: Any | None, *, partial: bool) -> Self:
        check(self, partial=partial)
        goes_on = self._goes_on(partial=partial)
        X, y = self._table(X, y, reset=not goes_on, numeric=True)
        weight = weights_of(sample_weight, X)
        T = np.asarray(y, np.float64).reshape(len(y), -1)
        data, unit = weighted(X, T, weight)
        scale = self._scale if goes_on else scale_of(data, normalize=self.normalize_y)
        data = replace(data, T=scale.encode(data.T))
        self._learn(Problem(data, unit, LOSSES[self.loss], r2), scale, partial=partial)
        self._scale: Scale = scale
        self.out_activation_ = "identity"
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


for _kind in (NetworkClassifier, NetworkRegressor):  # help() shows all parameters
    _kind.__doc__ = (
        f"{cleandoc(_kind.__doc__ or '')}\n\n{cleandoc(NetworkEstimator.__doc__ or '')}"
    )
