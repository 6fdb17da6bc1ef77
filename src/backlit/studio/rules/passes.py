"""Passes to read rules from: what is read of them are formulas, not their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backlit.interpret import Program
from backlit.trace.trace import Trace
from backlit.update.optimizers import SGD
from backlit.update.step import step_graph, whole_pass

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture

SAMPLES = 9  # so many that a sum over them is written with an index


def passed(architecture: Architecture, *, batched: bool) -> Trace:
    """Return a pass on which everything acts, over one sample or over a batch.

    The number of samples of a batch is an input, as it is in the page.
    """
    lead = (SAMPLES,) if batched else ()
    one_pass = whole_pass(architecture, lead, counted=batched)
    graph = step_graph(one_pass, architecture, SGD(0.5))
    rng = np.random.default_rng(1)
    # Sums near 1, so that no bound is met and nothing saturates.
    given = {
        name: rng.uniform(0.2, 0.8, node.shape) / (node.shape or (1,))[-1]
        for name, node in graph.inputs.items()
    }
    given |= {"step": np.array(1.0), "count": np.array(float(SAMPLES))}
    given = {name: given[name] for name in graph.inputs}
    with np.errstate(all="ignore"):
        found = Program(graph).values(given)
    values = dict(zip(graph.nodes, found, strict=True))
    for name, node in graph.inputs.items():
        values.setdefault(node, given[name])
    return Trace(architecture, one_pass, graph, values, 0.5)
