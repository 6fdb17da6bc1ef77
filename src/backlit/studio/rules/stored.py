"""Local derivatives that a step works out by itself, for the numbers of derivations.

slope.denseN          ∂output/∂sum of every activation, of a neuron to itself
slope.penalty.NAME    ∂E_penalty/∂ a parameter
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.backward import backward
from backlit.explain.paths import Paths
from backlit.graph import CONSTANT, OPS
from backlit.ops.reduce import sum as total
from backlit.studio.rules.passes import passed

if TYPE_CHECKING:
    from backlit.graph import Graph, Node
    from backlit.network.architecture import Architecture


def stored(architecture: Architecture, graph: Graph) -> dict[str, Node]:
    """Return these derivatives by name, in the nodes of a step's graph."""
    return {**_slopes(architecture, graph), **_penalties(architecture, graph)}


def _slopes(architecture: Architecture, graph: Graph) -> dict[str, Node]:
    found = {}
    for name, layer in zip(architecture.names, architecture.layers, strict=True):
        before, output = (graph.outputs[f"{name}.{part}"] for part in ("sum", "output"))
        if output is before:
            continue
        # The activation is asked, not the node: softmax ends in a division.
        if not OPS[layer.activation].elementwise:
            found[f"slope.{name}"] = _to_itself(architecture, graph, name)
        elif before in (slopes := backward(total(output), [before])):
            found[f"slope.{name}"] = slopes[before]  # a step has none
    return found


def _to_itself(architecture: Architecture, graph: Graph, name: str) -> Node:
    """Return ∂yⱼ/∂Σⱼ where every output depends on every sum: of all j, as an array.

    The expression of one element, found in the backward graph, holds values of that
    neuron only: with arrays in their place it is that of all.
    """
    paths = Paths(passed(architecture, batched=True))
    quantities = paths.trace.one_pass.quantities
    names = {node: n for n, node in quantities.items()}
    links = paths.links((quantities[f"{name}.sum"], (0, 0)))
    link = next(w for w in links if w.target == (quantities[f"{name}.output"], (0, 0)))

    def array(scalar: Node) -> Node:
        if scalar in paths.elements.meaning:
            return graph.outputs[names[paths.elements.meaning[scalar][0]]]
        if scalar.op is CONSTANT:
            return scalar
        inputs = map(array, scalar.inputs)
        made: Node = OPS[scalar.op.name](*inputs, **scalar.attributes)
        return made

    return array(link.local)


def _penalties(architecture: Architecture, graph: Graph) -> dict[str, Node]:
    if "E.penalty" not in graph.outputs:
        return {}
    weights = {n: graph.inputs[n] for n in architecture.shapes if n.endswith("weight")}
    slopes = backward(graph.outputs["E.penalty"], list(weights.values()))
    return {f"slope.penalty.{name}": slopes[w] for name, w in weights.items()}
