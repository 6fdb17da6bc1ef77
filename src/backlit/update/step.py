"""One training step as one graph: forward, error, backward, update.

    inputs:   x, t, [sample_weight], step, every parameter, every array of state
    outputs:  forward quantities, E, grad.NAME, new.NAME for parameters and state

State is named `state.KIND.PARAMETER`. Frozen parameters have gradients but no update.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from backlit.backward import backward
from backlit.graph import Graph, Node, constant, input_node, reachable
from backlit.ops.shape import broadcast_to
from backlit.update.optimizers import Optimizer, clipped, rate_of

if TYPE_CHECKING:
    from backlit.graph.node import Shape
    from backlit.network.architecture import Architecture


Phase = Literal["forward", "error", "backward", "update"]
BATCHED = ("x", "t", "sample_weight")  # the inputs with a row for each sample
PHASES: tuple[Phase, ...] = ("forward", "error", "backward", "update")


def phases(graph: Graph) -> dict[Node, Phase]:
    """Return for each node of a step the first part that needs it."""
    found: dict[Node, Phase] = {}
    parts: dict[Phase, list[Node]] = {phase: [] for phase in PHASES}
    for name, node in graph.outputs.items():
        parts[phase_of(name)].append(node)
    for phase, nodes in parts.items():
        for node in reachable(nodes):
            found.setdefault(node, phase)
    return found


@dataclass(frozen=True)
class Pass:
    """The nodes of one forward and backward pass.

    Attributes:
        inputs: Input nodes by name: x, t, sample_weight if used, parameters.
        quantities: The forward quantities and E, in order of computation.
        gradients: The cotangent of every quantity and parameter E depends on.
    """

    inputs: dict[str, Node]
    quantities: dict[str, Node]
    gradients: dict[str, Node]


def forward_pass(architecture: Architecture, lead: Shape) -> Graph:
    """Return the graph from x and parameters to the forward quantities.

    Args:
        architecture: The network.
        lead: The shape before the inputs: `()` for one sample, `(samples,)` for many.
    """
    inputs = _inputs(architecture, lead)
    return Graph(inputs, architecture.forward(inputs["x"], inputs))


def whole_pass(
    architecture: Architecture,
    lead: Shape,
    *,
    weighted: bool = False,
    counted: bool = False,
) -> Pass:
    """Return the nodes of a forward and a backward pass.

    Args:
        architecture: The network.
        lead: As in `forward_pass`.
        weighted: Whether there is an input `sample_weight`.
        counted: Whether the number of samples is an input too, `count`: then the graph
            is right for shorter batches as well.
    """
    inputs = _inputs(architecture, lead)
    parameters = {name: inputs[name] for name in architecture.shapes}
    found = architecture.forward(inputs["x"], inputs)
    output = found[f"{architecture.names[-1]}.output"]
    inputs["t"] = input_node("t", output.shape)
    if weighted:
        inputs["sample_weight"] = input_node("sample_weight", lead)
    if counted:
        inputs["count"] = input_node("count", ())
    more = (inputs.get("sample_weight"), inputs.get("count"))
    found |= architecture.error(output, inputs["t"], parameters, *more)
    cotangents = backward(found["E"], [inputs["x"], *parameters.values()])
    every = {"x": inputs["x"], **parameters, **found}
    reached = {name: node for name, node in every.items() if node in cotangents}
    gradients = {name: cotangents[node] for name, node in reached.items()}
    for name, node in parameters.items():  # a parameter E does not depend on
        gradients.setdefault(name, broadcast_to(constant(0.0), shape=node.shape))
    return Pass(inputs, found, gradients)


def training_step(
    architecture: Architecture,
    optimizer: Optimizer,
    samples: int,
    *,
    weighted: bool = False,
    counted: bool = False,
) -> Graph:
    """Return the whole step for a batch of a number of samples; see `whole_pass`."""
    one_pass = whole_pass(architecture, (samples,), weighted=weighted, counted=counted)
    return step_graph(one_pass, architecture, optimizer)


def step_graph(
    one_pass: Pass,
    architecture: Architecture,
    optimizer: Optimizer,
    *,
    steered: bool = False,
) -> Graph:
    """Return a pass with the update of every trainable parameter added.

    Args:
        one_pass: The pass.
        architecture: Its network.
        optimizer: The update rule.
        steered: Whether the learning rate is an input, `learning_rate`, to be changed
            between steps; else the optimizer's.
    """
    step = input_node("step", ())
    inputs = {**one_pass.inputs, "step": step}
    moved: dict[str, Node] = {}
    rate = input_node("learning_rate", ()) if steered else rate_of(optimizer, step)
    if steered:
        inputs["learning_rate"] = rate
    wanted = {name: one_pass.gradients[name] for name in architecture.trainable}
    for name, g in (clipped(optimizer, wanted) if wanted else {}).items():
        w = inputs[name]
        state = {
            kind: input_node(state_name(kind, name), w.shape)
            for kind in optimizer.state
        }
        inputs |= {state_name(kind, name): node for kind, node in state.items()}
        moved[f"new.{name}"], new = optimizer.rule(w, g, state, step, rate)
        moved |= {f"new.{state_name(kind, name)}": x for kind, x in new.items()}
    gradients = {f"grad.{name}": g for name, g in one_pass.gradients.items()}
    outputs = {**one_pass.quantities, **gradients, "learning_rate": rate, **moved}
    return Graph(inputs, outputs)


def phase_of(name: str) -> Phase:
    """Return the part of the step that a quantity of it belongs to, by its name."""
    if name.startswith("grad."):
        return "backward"
    if name.startswith("new.") or name == "learning_rate":
        return "update"
    return "error" if name.partition(".")[0] == "E" else "forward"


def state_name(kind: str, parameter: str) -> str:
    """Return the name of an array of optimizer state."""
    return f"state.{kind}.{parameter}"


def _inputs(architecture: Architecture, lead: Shape) -> dict[str, Node]:
    x = input_node("x", (*lead, architecture.inputs))
    parameters = {n: input_node(n, s) for n, s in architecture.shapes.items()}
    return {"x": x, **parameters}
