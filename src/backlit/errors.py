"""The tree of errors.

BacklitError                a mistake that one line can explain
├── GraphError              a graph that cannot be built
│   ├── ShapeError          shapes that do not fit an operation
│   └── DtypeError          a kind of number that an operation does not take
├── NetworkError            a network or network file that does not make sense
│   └── QuantityError       a name or index that no quantity has
├── DataError               a table, array or model file that cannot be used
├── OptionError             an option outside its range
└── NonFiniteError          training met a value that is not a number

Every message says what came, what was needed and, where there is one, the fix.
"""

from __future__ import annotations


class BacklitError(Exception):
    """Base of all errors that backlit raises on purpose."""


class GraphError(BacklitError, ValueError):
    """A graph that cannot be built."""


class ShapeError(GraphError):
    """Shapes that do not fit an operation."""


class DtypeError(GraphError, TypeError):
    """A kind of number that an operation does not take."""


class NetworkError(BacklitError, ValueError):
    """A network or network file that does not make sense."""


class QuantityError(NetworkError, KeyError):
    """A name or index that no quantity has; a KeyError too, as `in` and `get` need."""

    __str__ = Exception.__str__  # KeyError's would put quotes around the message


class DataError(BacklitError, ValueError):
    """A table, array or model file that cannot be used."""


class OptionError(BacklitError, ValueError):
    """An option outside its range."""


class NonFiniteError(BacklitError, ArithmeticError):
    """Training met a value that is not a number."""
