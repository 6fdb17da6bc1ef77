"""The compiler: a graph becomes a program for the processor or the browser.

    graph  ->  schedule    ->  memory     ->  kernels  ->  module  ->  native | wasm
    nodes      loop nests      one arena      LLVM IR      text        machine code

`layout` and `axes` say how values lie and which axis is the batch; `loops`,
`contraction`, `reductions` and `moves` write the kernels through `emitter` and `ir`,
with the elementary `functions`; `alike` makes one function of kernels that differ only
in where their values lie. `step` puts the `driver`'s loop around a training step,
`forward` one around the evaluation of many epochs' parameters (`snapshots`); `training`
and `evaluation` run these. What is `compiled` is data (`places`, and an `image` of the
code where that can be), kept in the `cache` under what was asked for.
`shares` cuts long steps in parts, which the threads of a `crew` do at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backlit.options import known

if TYPE_CHECKING:
    from backlit.graph import Graph


def compile(graph: Graph, target: str = "native", dtype: str = "float32") -> Any:  # noqa: A001 - the usual word
    """Return the program of a graph.

    Args:
        graph: The graph.
        target: "native", for this processor, or "wasm", for the browser.
        dtype: The precision of floats; in the browser always float32.

    Returns:
        A `native.Program`, called with the inputs by name, or a `wasm.Wasm`: the
        module's bytes, and where each quantity lies in its memory.

    Raises:
        OptionError: There is no such target.

    >>> import numpy as np
    >>> import backlit as bl
    >>> graph = bl.trace_function(lambda x: bl.square(x), np.zeros(2))
    >>> compile(graph)({"x": [2.0, 3.0]})["output"].tolist()
    [4.0, 9.0]
    """
    if known("target", target, ("native", "wasm")) == "wasm":
        from backlit.compile import wasm  # noqa: PLC0415 - LLVM is slow to import

        return wasm.program(graph)
    from backlit.compile import native  # noqa: PLC0415 - likewise

    return native.Program(graph, dtype)
