"""Programs beside memory that may not be touched; whoever touches it is killed.

Run in a process of its own: `python -c "import edges; edges.run_all('host')"`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from programs import DTYPES, TARGETS, Edged, function_of, run_on
from records import arrays_of, derivatives, generator, named, traced

import backlit as bl
from backlit.compile.module import build
from backlit.graph import OPS, Graph, input_node

if TYPE_CHECKING:
    from collections.abc import Iterator

Case = tuple[Graph, dict[str, Any]]
SIZES = (3, 9, 17)


def operations() -> Iterator[Case]:
    """Yield each operation on its last sample, with its derivatives."""
    for op in OPS.values():
        sample = [s for s in op.samples if not s.error][-1]
        arrays = arrays_of(sample, generator(op, sample))
        inputs, node = traced(op, sample, arrays)
        found = derivatives(node, inputs)
        grads = {f"grad.{n}": found[x] for n, x in inputs.items() if x in found}
        yield Graph(inputs, {"y": node, **grads}), named(arrays)


def strided() -> Iterator[Case]:
    """Yield reads that leave much out, next to the end of what they read."""
    for size in SIZES:
        x, n = input_node("x", (41, size)), input_node("n", (41, size), "int")
        inputs = {"x": np.ones((41, size)), "n": np.ones((41, size), "i8")}
        outputs = {
            "turned": bl.exp(bl.transpose(x, axes=(1, 0))),
            "column": bl.exp(x[:, size - 1]),
            "rest": bl.exp(x[41 - size % 8 :, :]),
            "every other": bl.exp(x[1::2, ::2]),
            "sums": bl.sum(bl.transpose(x, axes=(1, 0)), axis=1),
            "largest": bl.max(x[:, size - 1 :], axis=0),
            "whole": bl.to_float(n) + x,
            "whole turned": bl.to_float(bl.transpose(n, axes=(1, 0))),
        }
        for name, node in outputs.items():
            yield Graph({"n": n, "x": x}, {name: node}), inputs
            yield Graph({"x": x, "n": n}, {name: node}), inputs


def contractions() -> Iterator[Case]:
    """Yield products of all orders of axes."""
    specs = ("mk,kn->mn", "km,kn->mn", "mk,nk->mn", "km,nk->nm", "m,n->mn", "mk,k->m")
    for spec in specs:
        for m, k, n in ((1, 1, 1), (3, 2, 5), (7, 3, 9), (17, 16, 33), (12, 1, 31)):
            sizes = {"m": m, "k": k, "n": n}
            left, right = (
                tuple(sizes[s] for s in side) for side in spec.split("->")[0].split(",")
            )
            a, b = input_node("a", left), input_node("b", right)
            y = bl.contract(a, b, spec=spec)
            yield (
                Graph({"a": a, "b": b}, {"y": bl.relu(y + 1.0)}),
                {"a": np.ones(left), "b": np.ones(right)},
            )


def run_all(target: str) -> None:
    """Run all of them, with each edge of their memory beside a forbidden page."""
    for graph, inputs in (*strided(), *operations(), *contractions()):
        for dtype in DTYPES if target == "host" else ("float32",):
            module = build(graph, TARGETS[target], dtype)
            print(f"\n{dtype}\n{graph}", flush=True)  # noqa: T201 - the last is to blame
            function = function_of(module, TARGETS[target])
            for behind in (True, False):
                run_on(Edged(module, behind=behind), inputs, function)
