"""A graph read from text, by the grammar of `text`: `parse(show(graph))` is the graph.

Each line is built by calling its operation, so a graph that was read is as valid as one
that was traced.
"""

from __future__ import annotations

import ast
import re
from math import inf, nan
from typing import Any, cast

import numpy as np

from backlit.errors import GraphError
from backlit.graph.graph import Graph
from backlit.graph.node import OPS, Dtype, Node, describe
from backlit.graph.op import constant, input_node

# A name may hold a key of a dict, as in p['a, b']: what stands in quotes is free.
_NAME = r"""(?:[^\s,'"]|,(?=\S)|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")+"""
_INPUTS = re.compile(rf"(?:(?!\w+=){_NAME}(?:, )?)*")
_TYPE = r"(float|int|bool)\[([\d,]*)\]"
_INPUT = re.compile(rf"input ({_NAME}) : {_TYPE}")
_EQUATION = re.compile(rf"({_NAME}) = (\w+)\((.*)\) : {_TYPE}")
_ALIAS = re.compile(rf"({_NAME}) = ({_NAME})")
_ATTRIBUTE = re.compile(r"(?:^|, )(\w+)=")


def parse(text: str) -> Graph:
    """Return the graph that a text describes.

    Raises:
        GraphError: A line is not of the grammar, names what is not there, or states
            another type than its operation gives.
    """
    known: dict[str, Node] = {}
    inputs: dict[str, Node] = {}
    *lines, last = text.strip().splitlines() or [""]
    for line in lines:
        if match := _INPUT.fullmatch(line):
            name, dtype, sizes = match.groups()
            inputs[name] = known[name] = input_node(name, _shape(sizes), _dtype(dtype))
        elif match := _EQUATION.fullmatch(line):
            name, op, arguments, dtype, sizes = match.groups()
            known[name] = _build(op, arguments, _dtype(dtype), _shape(sizes), known)
        elif match := _ALIAS.fullmatch(line):
            known[match[1]] = _look_up(match[2], known)
        else:
            raise GraphError(f"cannot read {line!r}; a line is 'NAME = OP(...) : TYPE'")
    if not last.startswith("return"):
        raise GraphError(f"the last line is {last!r}; it must be 'return NAME, ...'")
    wanted = re.findall(_NAME, last.removeprefix("return"))
    return Graph(inputs, {name: _look_up(name, known) for name in wanted})


def _build(
    op: str,
    arguments: str,
    dtype: Dtype,
    shape: tuple[int, ...],
    known: dict[str, Node],
) -> Node:
    found = _INPUTS.match(arguments)
    head = found[0] if found else ""
    _, *pairs = _ATTRIBUTE.split(arguments.removeprefix(head))
    attributes = dict(zip(pairs[::2], map(_literal, pairs[1::2]), strict=True))
    if op == "constant":
        return _constant(attributes.get("value"), dtype, shape)
    if op not in OPS:
        raise GraphError(f"there is no operation {op!r}")
    inputs = [_look_up(name, known) for name in re.findall(_NAME, head)]
    node: Node = OPS[op](*inputs, **attributes)
    if (node.dtype, node.shape) != (dtype, shape):
        stated = f"{dtype}[{','.join(map(str, shape))}]"
        raise GraphError(f"{op}({arguments}) is {describe(node)}, not {stated}")
    return node


def _constant(value: Any, dtype: Dtype, shape: tuple[int, ...]) -> Node:
    node = constant(value, dtype)
    if node.size != int(np.prod(shape, dtype=np.int64)):
        raise GraphError(
            f"a constant of {node.size} elements has not the shape {shape}"
        )
    return constant(node.attributes["value"].reshape(shape), dtype)


def _literal(text: str) -> Any:
    """Read a Python literal in which inf and nan are numbers."""
    try:
        tree = ast.parse(text, mode="eval")
        return ast.literal_eval(_Numbers().visit(tree))
    except (SyntaxError, ValueError):
        raise GraphError(f"cannot read the value {text!r}") from None


class _Numbers(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.expr:
        values = {"inf": inf, "nan": nan}
        return ast.Constant(values[node.id]) if node.id in values else node


def _look_up(name: str, known: dict[str, Node]) -> Node:
    if name not in known:
        raise GraphError(f"{name!r} is used before it is computed")
    return known[name]


def _shape(sizes: str) -> tuple[int, ...]:
    return tuple(int(n) for n in sizes.split(",") if n)


def _dtype(word: str) -> Dtype:
    return cast("Dtype", word)  # the pattern lets nothing else through
