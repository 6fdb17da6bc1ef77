"""The layout of a network: the lesson's drawing of one neuron, or columns of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from backlit.draw.fold import FIRST
from backlit.draw.layered import layered
from backlit.draw.lone import lone

if TYPE_CHECKING:
    from backlit.draw.geometry import Geometry
    from backlit.network.architecture import Architecture


@lru_cache(maxsize=16)
def layout(
    architecture: Architecture, opened: int | None = None, first: int = FIRST
) -> Geometry:
    """Return where everything of a network stands, whatever its weights are.

    Args:
        architecture: The network.
        opened: The column that is opened, if one is: 0 holds the inputs. All other
            columns stay where they are.
        first: How many of its neurons come before a fold, if it still has one.

    Returns:
        Nodes, edges and room for texts, in pixels.
    """
    if architecture.layers[-1].units == len(architecture.layers) == 1:
        return lone(architecture, first if opened == 0 else FIRST)
    return layered(architecture, opened, first)
