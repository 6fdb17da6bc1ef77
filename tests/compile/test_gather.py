"""Rows of a batch are copied exactly, by one thread or in parts by several."""

import ctypes
from functools import cache

import numpy as np
import pytest

import backlit as bl
from backlit.compile import crew
from backlit.compile.gather import gathering
from backlit.compile.library import link
from backlit.compile.module import build
from backlit.compile.native import Arena
from backlit.compile.target import assembled, host
from backlit.network.architecture import Architecture
from backlit.simplify import simplify
from backlit.update.step import training_step

SIZE, SAMPLES, START = 40, 70, 20


@cache
def program(width, dtype):
    """Return a module, its inputs with rows, and the function that copies a part."""
    architecture = Architecture(width, [bl.Dense(3)], "mse")
    graph = simplify(training_step(architecture, bl.SGD(0.1), SIZE, counted=True))
    module = build(graph, host(), dtype, batched=["x", "t"], threads=3)
    nodes = (graph.inputs["x"], graph.inputs["t"])
    text = module.text + gathering(module, host(), nodes)
    text = text.replace("define internal void @gather", "define void @gather")
    kinds = [ctypes.c_void_p, *[ctypes.c_int64] * 3]
    library = link(assembled(text, host()), "gather")
    return module, nodes, library.function("gather", *kinds)


def gathered(width, dtype, rows, parts, order):
    """Copy rows from the middle of a shuffled table; return what lies in the arena."""
    module, nodes, gather = program(width, dtype)
    arena, draw = Arena(module), np.random.default_rng(0)
    table = draw.normal(size=(SAMPLES + 1, width)).astype(dtype)  # a row of slack
    targets = draw.normal(size=(SAMPLES + 16, 3)).astype(dtype)
    places = draw.permutation(SAMPLES)
    pointers = np.array([table.ctypes.data, targets.ctypes.data])
    block = (ctypes.c_int64 * len(crew.FIELDS)).from_address(
        arena.address + module.crew
    )
    told = {"data": pointers.ctypes.data, "order": places.ctypes.data, "start": START}
    for name, value in told.items():
        block[crew.FIELDS.index(name)] = value
    for part in order(range(parts)):
        gather(arena.address, rows, part, parts)
    expected = places[START : START + rows]
    found = [arena.view(node)[:rows].copy() for node in nodes]
    return found, [table[expected], targets[expected]]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("width", [1, 2, 3, 5, 8, 12, 16, 33])
def test_parts_of_a_batch_are_copied_in_any_order(width, dtype):
    for rows, parts, order in ((SIZE, 3, reversed), (SIZE, 2, list), (7, 3, reversed)):
        found, expected = gathered(width, dtype, rows, parts, order)
        for ours, theirs in zip(found, expected, strict=True):
            assert ours.tobytes() == theirs.tobytes()
