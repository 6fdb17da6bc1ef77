"""A network described, and the graph that it stands for.

    sum = weight x + bias        output = activation(sum)        E = loss(output, t)

The description is immutable and holds no weights: `quantities` takes nodes for the
input and the parameters and returns a node for every quantity by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING, Any

from backlit.errors import NetworkError
from backlit.graph import OPS, Node, Op, constant
from backlit.network.initialise import Initialiser, usual
from backlit.ops.activation import sigmoid
from backlit.ops.elementwise import abs as absolute
from backlit.ops.elementwise import square
from backlit.ops.linear import contract
from backlit.ops.loss import LOSSES
from backlit.ops.reduce import softmax
from backlit.ops.reduce import sum as total
from backlit.options import known, not_negative, settle, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph.node import Array, Shape

# losses that take logits, and what turns logits into probabilities
LINKS: dict[str, Op] = {
    "cross_entropy": softmax,
    "binary_cross_entropy_with_logits": sigmoid,
}
LOSS_NAMES = tuple(loss.name for loss in LOSSES)
PARTS = ("weight", "bias")


def activations() -> dict[str, Op]:
    """Return every operation that can be named as an activation."""
    return {name: op for name, op in OPS.items() if _activates(op)} | {
        "softmax": softmax
    }


def _activation_names() -> list[str]:
    return sorted(["linear", *activations()])


def _activates(op: Op) -> bool:
    """Tell whether an operation maps one float, and needs nothing else to be said."""
    one_float = (op.parameters, op.takes, op.gives) == (("x",), ("float",), "float")
    return op.elementwise and one_float and not op.samples[0].attributes


@dataclass(frozen=True)
class Dense:
    """A layer in which every neuron sees every input.

    Args:
        units: The number of neurons.
        activation: The name of an operation on one array, or "linear".
        initialiser: How first weights are drawn: a name, an `Initialiser`, or None
            for what suits the activation. Biases start at 0.
        use_bias: Whether neurons have a bias.
        freeze: Parameters that training leaves alone: "weight", "bias".

    Raises:
        OptionError: A count, name or option that does not exist.
    """

    units: int
    activation: str = "linear"
    initialiser: Initialiser | str | None = None
    use_bias: bool = True
    freeze: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        way = self.initialiser
        if not isinstance(way, Initialiser | None):
            way = Initialiser(way)
        frozen = (self.freeze,) if isinstance(self.freeze, str) else tuple(self.freeze)
        settle(
            self,
            units=whole("units", self.units, 1),
            activation=known("activation", self.activation, _activation_names()),
            initialiser=way,
            use_bias=bool(self.use_bias),
            freeze=tuple(known("freeze", name, PARTS) for name in frozen),
        )

    def shapes(self, inputs: int) -> dict[str, Shape]:
        """Return the shape of each parameter, for a number of inputs."""
        bias = {"bias": (self.units,)} if self.use_bias else {}
        return {"weight": (self.units, inputs), **bias}

    def quantities(self, x: Node, parameters: Mapping[str, Node]) -> dict[str, Node]:
        """Return the nodes `sum` and `output`; x is `(..., inputs)`."""
        spec = "oi,bi->bo" if x.ndim == 2 else "oi,i->o"
        weighted = contract(parameters["weight"], x, spec=spec)
        if self.use_bias:
            weighted = weighted + parameters["bias"]
        if self.activation == "linear":
            return {"sum": weighted, "output": weighted}
        return {"sum": weighted, "output": activations()[self.activation](weighted)}


@dataclass(frozen=True)
class Architecture:
    """A network without its weights.

    Args:
        inputs: The number of inputs.
        layers: The layers, from the input on.
        loss: The name of the error's convention.
        l1: Strength of the penalty l1 · Σ|w|, over weights, not biases.
        l2: Strength of the penalty l2/2 · Σw², likewise.

    Raises:
        NetworkError: No layers, or a loss that needs more outputs.
        OptionError: No inputs, an unknown loss or a negative strength.
    """

    inputs: int
    layers: tuple[Dense, ...]
    loss: str = "mse"
    l1: float = 0.0
    l2: float = 0.0
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        layers = _checked_layers(self.layers)
        settle(
            self,
            inputs=whole("inputs", self.inputs, 1),
            layers=layers,
            loss=known("loss", self.loss, LOSS_NAMES),
            l1=not_negative("l1", self.l1),
            l2=not_negative("l2", self.l2),
            names=tuple(f"dense{n}" for n in range(1, len(layers) + 1)),
        )
        if self.loss == "cross_entropy" and self.outputs == 1:
            raise NetworkError(
                "cross_entropy needs an output for each class, got 1 output; for two "
                "classes on one output use binary_cross_entropy_with_logits"
            )

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.layers[-1].units

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every parameter by name, from the input on."""
        widths = [self.inputs, *(layer.units for layer in self.layers)]
        return {
            f"{name}.{part}": shape
            for name, layer, width in zip(self.names, self.layers, widths, strict=False)
            for part, shape in layer.shapes(width).items()
        }

    @cached_property
    def trainable(self) -> tuple[str, ...]:
        """The names of the parameters that are not frozen."""
        frozen = {
            f"{name}.{part}"
            for name, layer in zip(self.names, self.layers, strict=True)
            for part in layer.freeze
        }
        return tuple(name for name in self.shapes if name not in frozen)

    def initial(self, seed: int) -> dict[str, Array]:
        """Return the first parameters for a seed, in float64."""
        drawn = {}
        for name, layer in zip(self.names, self.layers, strict=True):
            ways = {"weight": layer.initialiser or usual(layer.activation)}
            for part, way in (ways | {"bias": Initialiser("zeros")}).items():
                full = f"{name}.{part}"
                if full in self.shapes:
                    assert isinstance(way, Initialiser)  # noqa: S101 - narrows the type
                    drawn[full] = way.draw(self.shapes[full], seed, full)
        return drawn

    def forward(self, x: Node, parameters: Mapping[str, Node]) -> dict[str, Node]:
        """Return the nodes of the forward pass by name.

        Args:
            x: The input, `(inputs,)` for one sample or `(samples, inputs)`.
            parameters: A node for each parameter.

        Returns:
            `denseN.sum` and `denseN.output` of every layer, and `prediction`: the
            output, or its probabilities where the loss takes logits.
        """
        found: dict[str, Node] = {}
        for name, layer in zip(self.names, self.layers, strict=True):
            own = {
                part: parameters[f"{name}.{part}"] for part in layer.shapes(self.inputs)
            }
            quantities = layer.quantities(x, own)
            found |= {f"{name}.{part}": node for part, node in quantities.items()}
            x = quantities["output"]
        link = LINKS.get(self.loss)
        return {**found, "prediction": link(x) if link else x}

    def error(
        self,
        output: Node,
        t: Node,
        parameters: Mapping[str, Node],
        sample_weight: Node | None = None,
        count: Node | None = None,
    ) -> dict[str, Node]:
        """Return the nodes of the error by name.

        Args:
            output: The output of the last layer, `(..., outputs)`.
            t: The target, of the same shape.
            parameters: A node for each parameter, for the penalties.
            sample_weight: `(samples,)`; each sample's error is multiplied by it.
            count: What the sum over samples is divided by, where their number is only
                known at run time; else it is their number.

        Returns:
            `E`; of a batch also `E.sample`, the errors of the samples; with a penalty
            also the parts `E.data` and `E.penalty`.
        """
        each: Node = OPS[self.loss](output, t)
        weighted = each if sample_weight is None else each * sample_weight
        data: Node = weighted
        if each.shape:
            data = total(weighted) / (float(each.size) if count is None else count)
        parts = {"E.sample": each} if each.shape else {}
        penalty = self._penalty(parameters)
        if penalty is None:
            return {**parts, "E": data}
        return {**parts, "E.data": data, "E.penalty": penalty, "E": data + penalty}

    def _penalty(self, parameters: Mapping[str, Node]) -> Node | None:
        weights = [p for name, p in parameters.items() if name.endswith(".weight")]
        terms = []
        if self.l1:
            terms += [constant(self.l1) * total(absolute(w)) for w in weights]
        if self.l2:
            terms += [constant(self.l2 / 2) * total(square(w)) for w in weights]
        return reduce(add, terms) if terms else None


def _checked_layers(layers: Any) -> tuple[Dense, ...]:
    if not isinstance(layers, list | tuple):
        raise NetworkError(
            f"layers={layers!r}; they must be a list, such as [Dense(1)]"
        )
    if not layers:
        raise NetworkError("a network needs at least one layer, such as Dense(1)")
    for n, layer in enumerate(layers, 1):
        if not isinstance(layer, Dense):
            raise NetworkError(f"layer {n} is {layer!r}; it must be one, as Dense(1)")
    return tuple(layers)
