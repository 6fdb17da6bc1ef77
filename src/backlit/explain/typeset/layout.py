"""From formula to boxes: the one place that sets parentheses.

A part that binds more loosely (`precedence`) than its place demands gets parentheses.
`linear` lays out for one line of characters, where a quotient is a / b; otherwise
fractions have two storeys. Text, LaTeX and MathML write the same boxes.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from backlit.explain.typeset.boxes import (
    Box,
    Boxes,
    Fraction,
    Grid,
    Group,
    Limits,
    Root,
    Script,
    Token,
    enclosed,
    separated,
)
from backlit.explain.typeset.characters import printable
from backlit.explain.typeset.mathematics import (
    Add,
    BigSum,
    Call,
    Compare,
    Divide,
    Dots,
    Equation,
    Indicator,
    Marked,
    Matrix,
    Multiply,
    Negate,
    Number,
    Partial,
    Piecewise,
    Power,
    Subtract,
    Symbol,
    Vector,
)
from backlit.explain.typeset.names import indices, name_token, small
from backlit.explain.typeset.numbers import figures
from backlit.explain.typeset.precedence import Binding, bare, binding

if TYPE_CHECKING:
    from backlit.explain.typeset.mathematics import Tree

MINUS = Token("sign", "−")
DOT = Token("operator", "·")
COMMA = Token("separator", ",")
EULER = Token("letter", "e")
PRINTED_NAMES = {"sigmoid": "σ", "log": "ln", "maximum": "max", "minimum": "min"}


def _part(tree: Tree, at_least: Binding, *, linear: bool) -> Boxes:
    """Lay out a part of a formula, in parentheses if it binds too loosely."""
    boxes = layout(tree, linear=linear)
    if binding(tree, linear=linear) >= at_least:
        return boxes
    return enclosed("(", boxes, ")")


@singledispatch
def layout(tree: Tree, *, linear: bool) -> Boxes:
    """Lay out a formula.

    Args:
        tree: the formula.
        linear: whether for one line of characters, else for two-storey fractions.

    Returns:
        The boxes, with every parenthesis that the precedence demands.
    """
    raise TypeError(f"{type(tree).__name__} is no formula; linear={linear}")


@layout.register(Number)
def _number(tree: Number, *, linear: bool) -> Boxes:
    del linear
    parts = figures(tree.value, tree.digits)
    sign = (MINUS,) if parts.negative else ()
    mantissa = (Token("number", parts.mantissa),) if parts.mantissa else ()
    if parts.exponent is None:
        return (*sign, *mantissa)
    exponent = _number(Number(parts.exponent), linear=True)
    power = Script((Token("number", "10"),), (), exponent)
    return (*sign, Group((*mantissa, DOT, power) if mantissa else (power,)))


@layout.register(Symbol)
def _symbol(tree: Symbol, *, linear: bool) -> Boxes:
    token = name_token(tree.name)
    if tree.bold and token.kind == "letter":
        token = Token("bold", token.text)
    if not tree.sub and tree.sup is None:
        return (token,)
    return (Script((token,), indices(tree.sub, linear=linear), small(tree.sup or "")),)


@layout.register(Add)
def _add(tree: Add, *, linear: bool) -> Boxes:
    first, *rest = tree.terms
    boxes = _part(first, Binding.SUM, linear=linear)
    for term in rest:
        sign, body = ("−", term.body) if isinstance(term, Negate) else ("+", term)
        row = _part(body, Binding.SERIES, linear=linear)
        boxes += (Token("operator", sign), *row)
    return boxes


@layout.register(Subtract)
def _subtract(tree: Subtract, *, linear: bool) -> Boxes:
    left = _part(tree.left, Binding.SUM, linear=linear)
    right = _part(tree.right, Binding.SERIES, linear=linear)
    return (*left, Token("operator", "−"), *right)


@layout.register(Negate)
def _negate(tree: Negate, *, linear: bool) -> Boxes:
    return (MINUS, *_part(tree.body, Binding.SERIES, linear=linear))


@layout.register(Multiply)
def _multiply(tree: Multiply, *, linear: bool) -> Boxes:
    numbers = any(isinstance(bare(factor), Number) for factor in tree.factors)
    sign = DOT if numbers and not tree.sign else Token("operator", tree.sign)
    return separated(
        [
            _part(factor, _factor_place(tree, index, linear), linear=linear)
            for index, factor in enumerate(tree.factors)
        ],
        sign,
    )


def _factor_place(tree: Multiply, index: int, linear: bool) -> Binding:
    """Return what a factor's place demands; a ∑ may stand open at the end only."""
    factor = bare(tree.factors[index])
    if index == len(tree.factors) - 1:
        is_open = binding(factor, linear=linear) is Binding.SERIES
        return Binding.SERIES if is_open else Binding.FRACTION
    other_sign = isinstance(factor, Multiply) and factor.sign != tree.sign
    return Binding.PRODUCT if index == 0 and not other_sign else Binding.FRACTION


@layout.register(Divide)
def _divide(tree: Divide, *, linear: bool) -> Boxes:
    if not linear:
        over = layout(tree.numerator, linear=linear)
        return (Fraction(over, layout(tree.denominator, linear=linear)),)
    left = _part(tree.numerator, Binding.PRODUCT, linear=linear)
    right = _part(tree.denominator, Binding.POWER, linear=linear)
    return (*left, Token("operator", "/"), *right)


@layout.register(Power)
def _power(tree: Power, *, linear: bool) -> Boxes:
    base = _part(tree.base, Binding.ATOM, linear=linear)
    return (Script(base, (), layout(tree.exponent, linear=linear)),)


@layout.register(Partial)
def _partial(tree: Partial, *, linear: bool) -> Boxes:
    curly = Token("mark", "∂")
    over = (curly, *_part(tree.of, Binding.POWER, linear=linear))
    under = (curly, *_part(tree.by, Binding.POWER, linear=linear))
    if linear:
        return (Group((*over, Token("mark", "/"), *under)),)
    return (Fraction(over, under),)


@layout.register(Call)
def _call(tree: Call, *, linear: bool) -> Boxes:
    rows = [layout(argument, linear=linear) for argument in tree.arguments]
    if len(rows) == 1 and tree.name in {"exp", "sqrt", "abs", "transpose"}:
        return _special_call(tree.name, tree.arguments[0], rows[0], linear)
    name = name_token(PRINTED_NAMES.get(tree.name, tree.name))
    if name.kind == "word":
        name = Token("function", name.text)
    return (name, *enclosed("(", separated(rows, COMMA), ")"))


def _special_call(name: str, argument: Tree, boxes: Boxes, linear: bool) -> Boxes:
    match name:
        case "exp":
            return (Script((EULER,), (), boxes),)
        case "abs":
            return enclosed("|", boxes, "|")
        case "transpose":
            base = _part(argument, Binding.ATOM, linear=linear)
            return (Script(base, (), (Token("word", "T"),)),)
    plain = binding(argument, linear=linear) is Binding.ATOM
    return (Root(boxes if plain or not linear else enclosed("(", boxes, ")")),)


@layout.register(BigSum)
def _big_sum(tree: BigSum, *, linear: bool) -> Boxes:
    index, lower, upper = (
        layout(limit, linear=linear) if limit is not None else ()
        for limit in (tree.index, tree.lower, tree.upper)
    )
    equals = (Token("relation", "="),) if index and lower else ()
    limits = Limits(Token("sum", "∑"), (*index, *equals, *lower), upper)
    return (limits, *_part(tree.body, Binding.SERIES, linear=linear))


@layout.register(Compare)
def _compare(tree: Compare, *, linear: bool) -> Boxes:
    left = _part(tree.left, Binding.SUM, linear=linear)
    right = _part(tree.right, Binding.SUM, linear=linear)
    return (*left, Token("relation", tree.relation), *right)


@layout.register(Indicator)
def _indicator(tree: Indicator, *, linear: bool) -> Boxes:
    return enclosed("[", layout(tree.condition, linear=linear), "]")


@layout.register(Piecewise)
def _piecewise(tree: Piecewise, *, linear: bool) -> Boxes:
    rows = [(value, _condition(test, linear)) for value, test in tree.cases]
    rows.append((tree.otherwise, (Token("prose", "otherwise"),)))
    laid = tuple((layout(value, linear=linear), test) for value, test in rows)
    if not linear:
        return (Grid("cases", laid),)
    space = Token("prose", " ")
    lines: list[Boxes] = [(*value, space, *test) for value, test in laid]
    return enclosed("{", separated(lines, Token("separator", ";")), "}")


def _condition(tree: Tree, linear: bool) -> Boxes:
    body = bare(tree)
    condition = body.condition if isinstance(body, Indicator) else tree
    return (Token("prose", "if "), *layout(condition, linear=linear))


@layout.register(Vector)
def _vector(tree: Vector, *, linear: bool) -> Boxes:
    rows = [layout(entry, linear=linear) for entry in tree.entries]
    if linear:
        return enclosed("[", separated(rows, COMMA), "]")
    return enclosed("(", (Grid("matrix", tuple((row,) for row in rows)),), ")")


@layout.register(Matrix)
def _matrix(tree: Matrix, *, linear: bool) -> Boxes:
    if linear:
        rows = [_vector(Vector(row), linear=True) for row in tree.rows]
        return enclosed("[", separated(rows, COMMA), "]")
    cells = tuple(
        tuple(layout(entry, linear=False) for entry in row) for row in tree.rows
    )
    return enclosed("(", (Grid("matrix", cells),), ")")


@layout.register(Dots)
def _dots(tree: Dots, *, linear: bool) -> Boxes:
    del linear
    words = (Token("prose", f" ({printable(tree.words)})"),) if tree.words else ()
    return (Group((Token("mark", "…"), *words)),)


@layout.register(Equation)
def _equation(tree: Equation, *, linear: bool) -> Boxes:
    boxes: list[Box] = list(layout(tree.sides[0], linear=linear))
    for relation, side in zip(tree.relations, tree.sides[1:], strict=True):
        boxes += (Token("relation", relation), *layout(side, linear=linear))
    return tuple(boxes)


@layout.register(Marked)
def _marked(tree: Marked, *, linear: bool) -> Boxes:
    return (Group(layout(tree.body, linear=linear), tree.role),)
