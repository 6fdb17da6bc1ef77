"""A graph as text.

    graph     = { input } { equation } "return" name { "," name }
    input     = "input" name ":" type
    equation  = name "=" operation "(" [ argument { "," argument } ] ")" ":" type
              | name "=" name
    argument  = name | attribute "=" literal
    type      = ("float" | "int" | "bool") "[" [ integer { "," integer } ] "]"
    name      = a quantity's name, or "%" and a number for a value without one

One line a node, each after the nodes it reads; literals are Python's, with `inf` and
`nan`, and a constant is the operation `constant` with its value. `parse` reads it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.graph.node import Node, describe
from backlit.graph.op import CONSTANT, INPUT

if TYPE_CHECKING:
    from backlit.graph.graph import Graph


def show(graph: Graph) -> str:
    """Return the graph as text, by the grammar above.

    >>> import backlit as bl
    >>> print(show(bl.trace_function(lambda x: bl.exp(x * 2), 1.0)))
    input x : float[]
    %1 = constant(value=2.0) : float[]
    %2 = mul(x, %1) : float[]
    output = exp(%2) : float[]
    return output
    """
    names = {node: name for name, node in reversed(list(graph.inputs.items()))}
    for name, node in graph.outputs.items():
        names.setdefault(node, name)
    lines = [f"input {name} : {describe(x)}" for name, x in graph.inputs.items()]
    nameless = (node for node in graph.nodes if node not in names)
    names |= {node: f"%{n}" for n, node in enumerate(nameless, 1)}
    lines += [
        f"{names[node]} = {_call(node, names)} : {describe(node)}"
        for node in graph.nodes
        if node.op is not INPUT
    ]
    for name, node in graph.outputs.items():
        if names[node] != name:  # a second name of the same value
            lines += [f"{name} = {names[node]}"]
    return "\n".join([*lines, f"return {', '.join(graph.outputs)}"])


def _call(node: Node, names: dict[Node, str]) -> str:
    if node.op is CONSTANT:
        return f"constant(value={node.attributes['value'].tolist()!r})"
    inputs = [names[x] for x in node.inputs]
    attributes = [f"{key}={value!r}" for key, value in node.attributes.items()]
    return f"{node.op.name}({', '.join(inputs + attributes)})"
