"""The penalty as a formula of whole arrays: 0.05 · ∑ᵢ ∑ⱼ (w⁽¹⁾ᵢⱼ)² + ….

It has a term for every weight of the network, too many to write one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.explain.typeset.mathematics import Add, BigSum, Number, Symbol, Tree
from backlit.explain.typeset.notation import parse
from backlit.graph import CONSTANT, INPUT, Node, reachable

if TYPE_CHECKING:
    from backlit.explain.symbols import Symbols


def penalty(node: Node, symbols: Symbols, digits: int) -> Tree:
    """Return the formula of a scalar node in elements wᵢⱼ of whole parameters.

    Args:
        node: The node: numbers, sums over all axes, and operations on elements.
        symbols: The symbols of the pass.
        digits: Significant digits of numbers.
    """
    if node.op is CONSTANT:
        return Number(float(node.attributes["value"]), digits)
    if node.op is INPUT:
        return symbols.general(node)
    inputs = [penalty(x, symbols, digits) for x in node.inputs]
    if node.op.name == "sum":
        body = inputs[0]
        parameter = next(x for x in reachable([node]) if x.op is INPUT)
        for letter in reversed(symbols.letters(parameter)):
            body = BigSum(Symbol(letter), None, None, body)
        return body
    if node.op.name == "add":
        return Add(tuple(t for x in inputs for t in _terms(x)))
    if node.op.name == "mul" and inputs[0] == Number(1.0, digits):
        return inputs[1]
    names = dict(zip(node.op.parameters, inputs, strict=True))
    return parse(node.op.notation, **names)


def _terms(tree: Tree) -> tuple[Tree, ...]:
    return tree.terms if isinstance(tree, Add) else (tree,)
