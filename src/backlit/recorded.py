"""A recorded pass that explains itself, and an explanation in every form.

What explains and prints is imported when it is first asked for: training needs none
of it, and `import backlit` stays quick.
"""
# ruff: noqa: PLC0415 - for that reason

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.trace.cursor import Cursor, cursor
from backlit.trace.trace import Trace

if TYPE_CHECKING:
    from backlit.draw import Drawing
    from backlit.explain.typeset.document import Document


@dataclass(frozen=True)
class Explanation:
    """A derivation; printed, it is text.

    Attributes:
        document: What it says, for other forms of output.
    """

    document: Document

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = 88, *, colour: bool = False) -> str:
        """Return it as Unicode text, with colours for the terminal if wanted."""
        from backlit.explain.typeset import text

        return text.render(self.document, width, colour=colour)

    def markdown(self) -> str:
        """Return it as Markdown with formulas between dollar signs."""
        from backlit.explain.typeset import markdown

        return markdown.render(self.document)

    def latex(self, *, standalone: bool = True) -> str:
        """Return it as LaTeX: a whole article, or what stands between its ends."""
        from backlit.explain.typeset import latex

        return latex.render(self.document, standalone=standalone)

    def mathml(self, *, standalone: bool = True) -> str:
        """Return it as HTML with MathML: a whole page, or a part of one."""
        from backlit.explain.typeset import mathml

        return mathml.render(self.document, standalone=standalone)

    def json(self, indent: int | None = 2) -> str:
        """Return it as JSON: blocks, each formula as text, LaTeX and MathML.

        Args:
            indent: Spaces to indent by; None for a single line.
        """
        from backlit.explain.typeset import json

        return json.render(self.document, indent)

    def _repr_html_(self) -> str:
        return self.mathml(standalone=False)

    def _repr_markdown_(self) -> str:
        return self.markdown()


class Recorded(Trace):
    """A recorded pass; see `Trace` for its quantities, gradients and updates."""

    def explain(self, name: str | None = None, *, digits: int = 9) -> Explanation:
        """Work out the pass, or one gradient.

        Args:
            name: An element such as `dense1.weight[0,1]`; None for the whole pass.
            digits: Significant digits of numbers.

        Raises:
            NetworkError: There is no such element, or E does not depend on it.
        """
        from backlit.explain.weight import explain_weight
        from backlit.explain.whole import explain_pass

        if name is None:
            return Explanation(explain_pass(self, digits))
        return Explanation(explain_weight(self, name, digits))

    def draw(self, *, digits: int = 4) -> Drawing:
        """Draw the pass (SVG); a notebook shows it, `.save(path)` writes it."""
        from backlit.draw import Drawing, diagram

        return Drawing(diagram(self, digits=digits))

    def cursor(self) -> Cursor:
        """Return a cursor over the pass's operations, at the start."""
        return cursor(self)
