"""The update of one parameter as formulas, read from the optimizer's own rule.

    w ← w − η · ∂E/∂w,    with momentum    v ← 0.9 · v − η · ∂E/∂w,  w ← w + v′

The rule is written out for a single element; new state, marked ′, is shown by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.explain.elements import Elements
from backlit.explain.printing import Printer
from backlit.explain.typeset.mathematics import Partial, Symbol
from backlit.graph import input_node
from backlit.studio.rules.form import Equation, Step
from backlit.studio.rules.template import template
from backlit.update.step import state_name

if TYPE_CHECKING:
    from backlit.explain.typeset.mathematics import Tree
    from backlit.graph import Node
    from backlit.studio.rules.form import Factors, Reference
    from backlit.studio.rules.slots import Slots
    from backlit.update.optimizers import Optimizer

LETTERS = {"velocity": "v", "mean": "m", "square_mean": "v", "square_sum": "s"}
"""As in the papers that the optimizers are from."""


def update(
    optimizer: Optimizer, name: str, symbol: Symbol, letters: list[str], slots: Slots
) -> list[Step]:
    """Return how a parameter moves: its state first, then itself.

    Args:
        optimizer: The update rule.
        name: Of the parameter.
        symbol: Of any element of it.
        letters: Its indices.
        slots: Where its value and gradient lie.
    """
    gradient, known = _gradient(optimizer, symbol)
    w, g, step, rate = (input_node(n, ()) for n in ("w", "g", "step", "rate"))
    state = {kind: input_node(kind, ()) for kind in optimizer.state}
    moved, new = optimizer.rule(w, g, state, step, rate)
    trees: dict[Node, Tree] = {w: symbol, g: gradient}
    trees |= {step: Symbol("step"), rate: Symbol("η")}
    trees |= {node: Symbol(LETTERS[kind]) for kind, node in state.items()}
    fresh = {kind: Symbol(LETTERS[kind], sup="′") for kind in new}
    more: dict[Tree, Factors] = {
        Symbol("η"): [["learning_rate"]],
        Symbol("step"): [["step"]],
    }
    for kind in new:
        of = state_name(kind, name)
        more[Symbol(LETTERS[kind])] = [[of, *letters]]
        more[fresh[kind]] = [[f"new.{of}", *letters]]
    own = _Writer(slots, more, known)
    steps = []
    for kind in new:
        of = f"new.{state_name(kind, name)}"
        steps.append(own.step(fresh[kind], new[kind], trees, [of, *letters]))
        trees[new[kind]] = fresh[kind]
    return [*steps, own.step(symbol, moved, trees, [f"new.{name}", *letters])]


def _gradient(optimizer: Optimizer, symbol: Symbol) -> tuple[Tree, bool]:
    """Return the gradient as the rule gets it, and whether its number is at hand."""
    if optimizer.clip_norm is None and optimizer.clip_value is None:
        return Partial(Symbol("E"), symbol), True
    return Symbol("g"), False  # what is left of it when it is limited


@dataclass(frozen=True)
class _Writer:
    """Writes the expressions of one update."""

    slots: Slots
    more: dict[Tree, Factors]
    known: bool

    def step(
        self, left: Tree, node: Node, trees: dict[Node, Tree], of: Reference
    ) -> Step:
        """Return one assignment."""
        # Nothing of an update depends on the case that holds: no value is needed.
        elements = Elements({}, frozenset(), dict.fromkeys(trees, (node, ())))
        printer = Printer(elements, trees.__getitem__, symbolic=True)
        tree = printer.opened(node)
        numbers = None
        if self.known:
            numbers = template(self.slots.with_more(self.more).numeric(tree))
        return Step(template(left), Equation(template(tree), numbers), [of])
