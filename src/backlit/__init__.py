"""backlit, a backpropagation workbench.

A network is lit from the back: forward pass, error, backward pass, update. Every
quantity has a name, can be read, and can be explained.

All that is offered is in `interface`. It is loaded once any of it is asked for, as the
command line, which has the package's name too, is to answer at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from backlit.interface import *  # noqa: F403
    from backlit.interface import __all__ as __all__
else:

    def __getattr__(name: str) -> object:
        interface = import_module("backlit.interface")
        if name == "__all__" or name in interface.__all__:
            return getattr(interface, name)
        raise AttributeError(f"module 'backlit' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return [*{*globals(), *import_module("backlit.interface").__all__}]
