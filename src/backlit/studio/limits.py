"""How large a network may be to be shown: what a page takes without effort."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from backlit.errors import OptionError

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture

MEMORY = 2**24  # bytes that a program uses
PARAMETERS = 200_000
LAYERS = 64


def refuse_large(architecture: Architecture) -> None:
    """Refuse a network of too many layers or parameters; raises OptionError."""
    if len(architecture.layers) > LAYERS:
        raise _too_large(f"{len(architecture.layers)} layers")
    count = sum(map(prod, architecture.shapes.values()))
    if count > PARAMETERS:
        raise _too_large(f"{count} weights and biases")


def refuse_greedy(memory: int) -> None:
    """Refuse a program that uses too many bytes; raises OptionError."""
    if memory > MEMORY:
        raise _too_large(f"{memory / 2**20:.0f} MiB of memory")


def _too_large(what: str) -> OptionError:
    return OptionError(
        f"the network is too large for the page: it has {what}; use fewer or smaller "
        "layers, or train it with backlit train"
    )
