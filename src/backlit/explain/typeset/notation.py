"""An op's notation, a Python expression, read as a formula.

    parse("x * y", x=Symbol("w"), y=Number(0.5))   is   w · 0.5

Python's own parser reads the expression and nothing is evaluated, so the notation has
Python's precedence and an op's record holds no text for any particular renderer.
"""

from __future__ import annotations

import ast
import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from backlit.errors import OptionError
from backlit.explain.typeset.mathematics import (
    Add,
    BigSum,
    Call,
    Compare,
    Divide,
    Dots,
    Indicator,
    Multiply,
    Negate,
    Number,
    Partial,
    Piecewise,
    Power,
    Subtract,
    Symbol,
    Vector,
    symbol,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backlit.explain.typeset.mathematics import Relation, Tree

    Arguments: TypeAlias = Mapping[str, Tree]

ONE = Number(1)
RELATIONS: dict[type[ast.cmpop], Relation] = {
    ast.Lt: "<",
    ast.Gt: ">",
    ast.LtE: "≤",
    ast.GtE: "≥",
    ast.Eq: "=",
    ast.NotEq: "≠",
}


def parse(notation: str, **arguments: Tree) -> Tree:
    """Read a Python expression as a formula and put trees in place of its names.

    Read are + - * / ** @, comparisons (with the value 1 or 0), calls, `x if c else y`,
    indices `x[i, j]`, `x.T`, lists and `...`. `sum(x)`, `sum(i, x[i])` and
    `sum(i, 1, n, x[i])` are ∑; `where(c, x, y)` has cases; `partial(E, w)` is ∂E/∂w.

    Args:
        notation: the expression, e.g. "1 - tanh(x)**2".
        **arguments: the tree to put in place of each name; other names stay symbols,
            `w1` as w₁ and `sigma` as σ.

    Returns:
        The formula.

    Raises:
        OptionError: if the notation is no such expression.

    Example:
        >>> parse("x * y", x=Symbol("w"), y=Number(0.5)).factors
        (Symbol(name='w', sub=(), sup=None, bold=False), Number(value=0.5, digits=9))
    """
    try:
        body = ast.parse(notation.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise OptionError(
            f"the notation {notation!r} is no Python expression: {error.args[0]}"
        ) from None
    return _tree(body, arguments)


def _tree(node: ast.expr, arguments: Arguments) -> Tree:  # noqa: C901 (the grammar)
    def read(part: ast.expr) -> Tree:
        return _tree(part, arguments)

    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as value):
            return Number(value)
        case ast.Constant() if node.value is ...:
            return Dots()
        case ast.Name(id=name):
            return arguments.get(name) or symbol(name)
        case ast.UnaryOp(op=ast.USub()):
            return _negative(read(node.operand))
        case ast.BinOp(op=op) if type(op) in _BINARY:
            return _BINARY[type(op)](read(node.left), read(node.right))
        case ast.Compare(ops=[op], comparators=[right]) if type(op) in RELATIONS:
            return Indicator(Compare(read(node.left), RELATIONS[type(op)], read(right)))
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            return _call(name, [read(argument) for argument in node.args])
        case ast.IfExp():
            cases = ((read(node.body), read(node.test)),)
            return Piecewise(cases, read(node.orelse))
        case ast.Attribute(attr="T"):
            return Call("transpose", (read(node.value),))
        case ast.Subscript():
            return _indexed(read(node.value), node.slice, arguments)
        case ast.Tuple() | ast.List():
            return Vector(tuple(read(entry) for entry in node.elts))
    raise OptionError(f"a notation cannot hold `{ast.unparse(node)}`: see parse")


def _negative(body: Tree) -> Tree:
    if isinstance(body, Number) and float(body.value) > 0:
        return Number(-float(body.value), body.digits)
    return Negate(body)


def _add(left: Tree, right: Tree) -> Tree:
    if isinstance(left, Add):
        return Add((*left.terms, right))
    return Add((left, right))


def _multiply(left: Tree, right: Tree) -> Tree:
    if isinstance(left, Multiply) and left.sign == "·":
        return Multiply((*left.factors, right))
    return Multiply((left, right))


def _matrix_product(left: Tree, right: Tree) -> Tree:
    return Multiply((left, right), sign="")


_BINARY: dict[type[ast.operator], Callable[[Tree, Tree], Tree]] = {
    ast.Add: _add,
    ast.Sub: Subtract,
    ast.Mult: _multiply,
    ast.Div: Divide,
    ast.Pow: Power,
    ast.MatMult: _matrix_product,
}


def _call(name: str, arguments: list[Tree]) -> Tree:
    shape = _SHAPES.get(name)
    if shape is None:
        return Call(name, tuple(arguments))
    try:
        return shape(*arguments)
    except TypeError:
        count = len(arguments)
        raise OptionError(f"a notation calls `{name}` with {count} arguments") from None


def _sum_with_index(*arguments: Tree) -> Tree:
    match arguments:
        case (body,):
            return BigSum(None, None, None, body)
        case (index, body):
            return BigSum(index, None, None, body)
        case (index, lower, upper, body):
            return BigSum(index, lower, upper, body)
    raise TypeError


_SHAPES: dict[str, Callable[..., Tree]] = {
    "square": lambda x: Power(x, Number(2)),
    "log1p": lambda x: Call("ln", (Add((ONE, x)),)),
    "expm1": lambda x: Subtract(Call("exp", (x,)), ONE),
    "where": lambda condition, x, y: Piecewise(((x, condition),), y),
    "partial": Partial,
    "matmul": _matrix_product,
    "sum": _sum_with_index,
}


def _indexed(body: Tree, index: ast.expr, arguments: Arguments) -> Symbol:
    if not isinstance(body, Symbol):
        raise OptionError(
            "a notation gives an index to a formula: only symbols have it"
        )
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return replace(body, sub=(*body.sub, *(_index(part, arguments) for part in parts)))


_INDEX_SIGNS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], int]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("−", operator.sub),
    ast.Mult: ("·", operator.mul),
}


def _index(node: ast.expr, arguments: Arguments) -> str | int:
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.Name(id=name):
            return _index_name(arguments.get(name) or Symbol(name))
        case ast.BinOp(op=op) if type(op) in _INDEX_SIGNS:
            sign, compute = _INDEX_SIGNS[type(op)]
            left, right = _index(node.left, arguments), _index(node.right, arguments)
            if isinstance(left, int) and isinstance(right, int):
                return compute(left, right)
            return f"{left}{sign}{right}"
    raise OptionError(f"a notation cannot hold the index `{ast.unparse(node)}`")


def _index_name(tree: Tree) -> str | int:
    match tree:
        case Number(value=value):
            return int(float(value))
        case Symbol(name=name):
            return name
    raise OptionError("an index stands for a formula: give it a number or a symbol")
