"""Where values lie: apart while they are needed, and with room behind them."""

from dataclasses import replace
from math import prod

import numpy as np
import pytest
from graphs import graphs, with_gradients
from hypothesis import given, settings
from hypothesis import strategies as st

import backlit as bl
from backlit.compile.factors import scratch_size
from backlit.compile.layout import Layout, base
from backlit.compile.memory import ALIGNMENT, Memory, plan
from backlit.compile.native import Program
from backlit.compile.schedule import Schedule, may_replace
from backlit.errors import OptionError
from backlit.graph import CONSTANT, INPUT, Graph, input_node
from backlit.network.architecture import Architecture
from backlit.simplify import simplify
from backlit.update.step import training_step

SIZES = {
    "float32": {"float": 4, "int": 8, "bool": 1},
    "float64": {"float": 8, "int": 8, "bool": 1},
}


def planned(graph, dtype="float32", over=None):
    schedule = Schedule(graph, Layout())
    return schedule, plan(schedule, SIZES[dtype], over or {})


def needed(schedule):
    """Return from which kernel to which each stored value is needed."""
    end = len(schedule.kernels)
    held = [*schedule.graph.inputs.values(), *schedule.constants]
    times = {node: [0, end] for node in held}
    for n, kernel in enumerate(schedule.kernels):
        times |= {node: [n, n] for node in kernel.stores}
        for node in (*kernel.before, *kernel.computed):
            for x in map(base, node.inputs):
                if x in times:
                    times[x][1] = max(times[x][1], n)
    for node in map(base, schedule.graph.outputs.values()):
        if node in times:
            times[node][1] = end
    return times


def check(schedule, memory, sizes, over=()):
    """No two values that are needed at once overlap, with a vector's room behind."""
    lanes = 64 // sizes["float"]
    spans = [
        (memory.offsets[x], (prod(x.shape) + lanes) * sizes[x.dtype], *when, x)
        for x, when in needed(schedule).items()
    ]
    spans += [
        (at, scratch_size(schedule.kernels[n].root) * sizes["float"], n, n, None)
        for n, at in memory.scratch.items()
    ]
    for at, size, first, last, x in spans:
        assert at % ALIGNMENT == 0
        assert at + size <= memory.size
        for at2, size2, first2, last2, y in spans:
            if x is y or (x, y) in over or (y, x) in over:
                continue
            if first <= last2 and first2 <= last:
                assert at + size <= at2 or at2 + size2 <= at, (x, y)


@settings(max_examples=150)
@given(case=graphs(most=12), dtype=st.sampled_from(sorted(SIZES)))
def test_values_that_are_needed_at_once_lie_apart(case, dtype):
    graph = with_gradients(case).graph
    schedule, memory = planned(graph, dtype)
    check(schedule, memory, SIZES[dtype])


NETWORKS = {
    "small": Architecture(2, [bl.Dense(8, "tanh"), bl.Dense(1, "sigmoid")]),
    "deep": Architecture(20, [bl.Dense(30, "tanh") for _ in range(8)], "mse"),
    "classes": Architecture(
        64, [bl.Dense(64, "relu"), bl.Dense(10)], "cross_entropy", l2=0.1
    ),
}


def step(network, optimizer, samples=32):
    graph = training_step(NETWORKS[network], optimizer, samples, counted=True)
    graph = simplify(graph)
    kept = {n: x for n, x in graph.outputs.items() if n == "E" or n[:4] == "new."}
    return Graph(graph.inputs, kept)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("optimizer", [bl.SGD(), bl.Adam()], ids=["sgd", "adam"])
def test_new_parameters_lie_where_the_old_ones_did(network, optimizer):
    graph = step(network, optimizer)
    new = {x: n.removeprefix("new.") for n, x in graph.outputs.items() if n != "E"}
    over = {x: graph.inputs[name] for x, name in new.items()}
    schedule, memory = planned(graph, over=over)
    pairs = {pair for pair in over.items() if may_replace(schedule, *pair[::-1])}
    check(schedule, memory, SIZES["float32"], pairs)
    assert pairs
    assert all(memory.offsets[x] == memory.offsets[old] for x, old in pairs)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("optimizer", [bl.SGD(), bl.Adam()], ids=["sgd", "adam"])
def test_training_needs_little_more_memory_than_it_must(network, optimizer):
    _, memory = planned(step(network, optimizer))
    assert memory.bound <= memory.size <= 1.1 * memory.bound


def test_values_between_give_their_memory_back():
    def deep(x):
        for _ in range(20):
            x = bl.tanh(x @ x)
        return x

    graph = bl.trace_function(deep, np.zeros((50, 50)))
    _, memory = planned(graph)
    assert memory.size < 7 * 50 * 64 * 4


def test_every_quantity_that_is_wanted_keeps_its_memory():
    graph = training_step(NETWORKS["deep"], bl.Adam(), 7)
    schedule, memory = planned(graph)
    check(schedule, memory, SIZES["float32"])
    stored = {base(x) for x in graph.outputs.values()} - set(graph.inputs.values())
    places = [
        memory.offsets[x] for x in stored if x.op not in (INPUT, CONSTANT) and x.shape
    ]
    assert len(places) == len(set(places))


def test_whole_numbers_have_room_for_as_many_lanes_as_floats():
    n = input_node("n", (1,), "int")
    for dtype, room in (("float32", 128), ("float64", 64)):
        _, memory = planned(Graph({"n": n}, {"y": bl.to_float(n)}), dtype)
        ends = [*sorted(memory.offsets.values()), memory.size][1:]
        assert ends[0] - memory.offsets[n] >= 8 + room or memory.offsets[n]
        assert memory.size - memory.offsets[n] >= 8 + room


def test_programs_tell_their_memory():
    program = Program(bl.trace_function(bl.exp, np.zeros(100)))
    told = program.memory()
    assert told == {
        "arena": program.module.memory.size,
        "bound": program.module.memory.bound,
    }
    assert 800 <= told["bound"] <= told["arena"] <= 1100


def test_sizes_beyond_any_machine_are_refused():
    x = input_node("x", (2**31, 2**31))
    with pytest.raises(OptionError, match=r"needs 17179869184 GiB; use smaller layers"):
        planned(Graph({"x": x}, {"y": bl.sum(x)}))


def test_overlap_is_seen():
    schedule, memory = planned(step("small", bl.SGD()))
    check(schedule, memory, SIZES["float32"])
    first, second, *_ = memory.offsets
    moved = memory.offsets | {first: memory.offsets[second] + 64}
    with pytest.raises(AssertionError):
        check(schedule, replace(memory, offsets=moved), SIZES["float32"])
    smaller = Memory(memory.offsets, memory.scratch, memory.size - 64, 0)
    with pytest.raises(AssertionError):
        check(schedule, smaller, SIZES["float32"])
