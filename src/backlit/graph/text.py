"""A graph as text, and back.

    graph     = { input } { equation } "return" name { "," name }
    input     = "input" name ":" type
    equation  = name "=" operation "(" [ argument { "," argument } ] ")" ":" type
              | name "=" name
    argument  = name | attribute "=" literal
    type      = ("float" | "int" | "bool") "[" [ integer { "," integer } ] "]"
    name      = a quantity's name, or "%" and a number for a value without one

One line a node, each after the nodes it reads; literals are Python's, and a constant
is the operation `constant` with its value. `parse(show(graph))` is the same graph.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from backlit.errors import GraphError
from backlit.graph.graph import Graph
from backlit.graph.node import CONSTANT, INPUT, OPS, Node, constant, describe
from backlit.graph.node import input_node as new_input

_LINE = re.compile(r"(\S+) = (\w+)\((.*)\) : (\w+)\[([\d,]*)\]$")
_INPUT = re.compile(r"input (\S+) : (\w+)\[([\d,]*)\]$")


def show(graph: Graph) -> str:
    """Return the graph as text, by the grammar above."""
    names = {node: name for name, node in reversed(graph.inputs.items())}
    for name, node in graph.outputs.items():
        names.setdefault(node, name)
    lines = [f"input {name} : {describe(x)}" for name, x in graph.inputs.items()]
    for node in graph.nodes:
        if node.op is not INPUT:
            names.setdefault(node, f"%{len(names)}")
            lines.append(f"{names[node]} = {_call(node, names)} : {describe(node)}")
    for name, node in graph.outputs.items():
        if names[node] != name:  # a second name of the same value
            lines.append(f"{name} = {names[node]}")
    return "\n".join([*lines, f"return {', '.join(graph.outputs)}"])


def _call(node: Node, names: dict[Node, str]) -> str:
    if node.op is CONSTANT:
        return f"constant(value={node.attributes['value'].tolist()!r})"
    inputs = [names[x] for x in node.inputs]
    attributes = [f"{key}={value!r}" for key, value in node.attributes.items()]
    return f"{node.op.name}({', '.join(inputs + attributes)})"


def parse(text: str) -> Graph:
    """Return the graph that a text describes.

    Raises:
        GraphError: A line is not of the grammar, or names what is not there.
    """
    known: dict[str, Node] = {}
    inputs: dict[str, Node] = {}
    *lines, last = text.strip().splitlines()
    for line in lines:
        if match := _INPUT.match(line):
            name, dtype, sizes = match.groups()
            inputs[name] = known[name] = new_input(name, _shape(sizes), dtype)  # type: ignore[arg-type]
        elif match := _LINE.match(line):
            name, op, arguments, dtype, _ = match.groups()
            known[name] = _build(op, arguments, dtype, known)
        else:
            name, _, other = line.partition(" = ")
            known[name] = _look_up(other, known)
    if not last.startswith("return "):
        raise GraphError(f"the last line is {last!r}; it must be 'return NAME, ...'")
    wanted = last.removeprefix("return ").split(", ")
    return Graph(inputs, {name: _look_up(name, known) for name in wanted})


def _build(op: str, arguments: str, dtype: str, known: dict[str, Node]) -> Node:
    names, attributes = _arguments(arguments)
    if op == "constant":
        return constant(attributes["value"], dtype)  # type: ignore[arg-type]
    if op not in OPS:
        raise GraphError(f"there is no operation {op!r}")
    node: Node = OPS[op](*(_look_up(n, known) for n in names), **attributes)
    return node


def _arguments(text: str) -> tuple[list[str], dict[str, Any]]:
    """Split `a, b, axis=(0, 1)` into names and attributes."""
    head, *pairs = re.split(r"(?:^|, )(\w+)=", text)
    values = [ast.literal_eval(_finite(value)) for value in pairs[1::2]]
    names = [name for name in head.split(", ") if name]
    return names, dict(zip(pairs[::2], values, strict=True))


def _finite(literal: str) -> str:
    """Write inf as a literal that Python reads; NaN has none."""
    return re.sub(r"\binf\b", "1e999", literal)


def _look_up(name: str, known: dict[str, Node]) -> Node:
    if name not in known:
        raise GraphError(f"{name!r} is used before it is computed")
    return known[name]


def _shape(sizes: str) -> tuple[int, ...]:
    return tuple(int(n) for n in sizes.split(",") if n)
