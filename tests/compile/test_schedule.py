"""What every schedule must keep to, on random graphs; each check sees a fault."""

from dataclasses import replace as with_changes

import numpy as np
import pytest
from graphs import graphs, with_gradients
from hypothesis import given, settings
from hypothesis import strategies as st

import backlit as bl
from backlit.compile.layout import Layout, base, exchanged_nodes, is_view
from backlit.compile.schedule import REDUCTIONS, Kernel, Schedule, may_replace
from backlit.graph import CONSTANT, INPUT, Graph, input_node
from backlit.network.architecture import Architecture
from backlit.simplify import simplify
from backlit.update.step import phases, training_step

NETWORKS = {
    "deep": Architecture(3, [bl.Dense(9, "tanh"), bl.Dense(5, "relu"), bl.Dense(2)]),
    "classes": Architecture(
        4, [bl.Dense(6, "sigmoid"), bl.Dense(3)], "cross_entropy", l1=0.1, l2=0.1
    ),
    "softmax": Architecture(2, [bl.Dense(4, "softmax"), bl.Dense(1)], "mae"),
}
OPTIMIZERS = {
    "sgd": bl.SGD(0.1),
    "nesterov": bl.SGD(0.1, momentum=0.9, nesterov=True, clip_norm=1.0),
    "adam": bl.Adam(bl.WarmUp(3, 0.1), clip_value=1.0),
}
STEPS = pytest.mark.parametrize("network", NETWORKS)


def step(network, optimizer="adam"):
    graph = training_step(NETWORKS[network], OPTIMIZERS[optimizer], 6, counted=True)
    return simplify(graph)


def scheduled(graph, **how):
    return Schedule(graph, Layout(), **how)


# What must hold


def check(schedule):
    """Every node is computed, after what it reads, and stored if others read it."""
    stored: set = set()
    done: set = set()
    for kernel in schedule.kernels:
        fresh = list(kernel.before)
        check_kernel(kernel)
        for node in (*kernel.before, *kernel.computed):
            for x in node.inputs:
                check_read(kernel, node, x, fresh, stored)
            fresh.append(node)
        assert not done.intersection(kernel.computed), "computed twice"
        assert set(kernel.stores) <= set(kernel.computed)
        done |= {*fresh}
        stored |= set(kernel.stores)
    wanted = {x for x in schedule.graph.nodes if x.inputs and not is_view(x)}
    assert done == wanted, "a node is computed nowhere, or needlessly"
    for node in schedule.graph.outputs.values():
        assert known(base(node)) or base(node) in stored, "an output is not stored"


def known(node):
    return node.op in (INPUT, CONSTANT)


def check_kernel(kernel):
    kinds = {"contract": {"contract"}, "reduce": REDUCTIONS}
    if kernel.kind == "map":
        assert kernel.root is None
    elif kernel.kind in kinds:
        assert kernel.root.op.name in kinds[kernel.kind]
    assert all(x.shape == kernel.space for x in kernel.computed)
    assert all(x.op.elementwise for x in (*kernel.nodes, *kernel.before))
    if kernel.before:
        assert all(x.shape == kernel.root.inputs[0].shape for x in kernel.before)


def check_read(kernel, node, x, fresh, stored):
    """A read is of an input, of what is stored, or of the same place here."""
    if known(base(x)) or base(x) in stored:
        return
    assert x in fresh, f"{node!r} reads {x!r}, which is not known yet"
    if node is not kernel.root:
        assert x.shape == node.shape, "read at another place"


@settings(max_examples=150)
@given(case=graphs(most=15), gradients=st.booleans(), simpler=st.booleans())
def test_each_kernel_reads_what_is_stored_or_computed_at_the_same_place(
    case, gradients, simpler
):
    graph = (with_gradients(case) if gradients else case).graph
    check(scheduled(simplify(graph) if simpler else graph))


@STEPS
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_steps_are_scheduled_in_order(network, optimizer):
    graph = step(network, optimizer)
    check(scheduled(graph))
    check(scheduled(graph, first=(graph.outputs["E"],)))
    check(scheduled(graph, phases=phases(graph)))
    weights = [name for name in graph.inputs if name.endswith("weight")]
    check(Schedule(graph, Layout(exchanged_nodes(graph, weights))))


@STEPS
def test_no_kernel_holds_two_phases_of_a_step(network):
    graph = step(network)
    part = phases(graph)
    schedule = scheduled(graph, phases=part)
    for kernel in schedule.kernels:
        nodes = (*kernel.before, *kernel.computed)
        assert {part[x] for x in nodes} == {kernel.phase}
    order = [kernel.phase for kernel in schedule.kernels]
    names = ("forward", "error", "backward", "update")
    assert order == sorted(order, key=names.index)


def example():
    graph = bl.trace_function(
        lambda a, b: bl.sum(bl.tanh(a @ b) + b[0], axis=0) * 2.0,
        np.zeros((5, 4)),
        np.zeros((4, 8)),
    )
    return scheduled(graph)


def last_first(schedule):
    schedule.kernels.reverse()


def not_stored(schedule):
    del schedule.kernels[0].stores[:]


def twice(schedule):
    schedule.kernels.append(schedule.kernels[-1])


def nowhere(schedule):
    del schedule.kernels[-1]


def before_its_inputs(schedule):
    kernel = max(schedule.kernels, key=lambda k: len(k.computed))
    kernel.nodes.reverse()
    kernel.before.reverse()


@pytest.mark.parametrize(
    "fault", [last_first, not_stored, twice, nowhere, before_its_inputs]
)
def test_schedule_with_a_fault_is_seen(fault):
    schedule = example()
    check(schedule)
    if fault is before_its_inputs:
        x = input_node("x", (3,))
        schedule = scheduled(Graph({"x": x}, {"y": bl.exp(bl.tanh(x))}))
    fault(schedule)
    with pytest.raises(AssertionError):
        check(schedule)


# How much is fused


def shape_of(schedule):
    return [(k.kind, len(k.before), len(k.nodes)) for k in schedule.kernels]


def test_elementwise_chain_is_one_loop():
    graph = bl.trace_function(
        lambda a, b: bl.tanh(a * b + 1.0) / bl.exp(a), np.zeros((3, 5)), np.zeros(5)
    )
    assert shape_of(scheduled(graph)) == [("map", 0, 5)]


def test_what_only_a_reduction_reads_is_computed_inside_it():
    graph = bl.trace_function(
        lambda a, b: bl.sqrt(bl.sum(bl.square(a - b), axis=1)), *[np.zeros((3, 5))] * 2
    )
    assert shape_of(scheduled(graph)) == [("reduce", 2, 1)]


def test_cheap_work_joins_the_product_before_it():
    graph = bl.trace_function(
        lambda a, b, c: bl.relu(a @ b + c), np.zeros((9, 4)), np.zeros((4, 8)), 1.0
    )
    assert shape_of(scheduled(graph)) == [("contract", 0, 2)]


def test_views_cost_no_kernel():
    graph = bl.trace_function(
        lambda a: bl.transpose(a)[1:, ::2] * 2.0, np.zeros((6, 4))
    )
    assert shape_of(scheduled(graph)) == [("map", 0, 1)]


def test_constants_in_memory_are_arrays_and_factors():
    one, table = bl.graph.constant(1.0), bl.graph.constant(np.ones(3))
    x = input_node("x", (3,))
    factor = bl.broadcast_to(bl.graph.constant(2.0), shape=(3,))
    y = bl.contract(x * one + table, factor, spec="k,k->")
    found = scheduled(Graph({"x": x}, {"y": y})).constants
    assert {c.attributes["value"].size for c in found} == {1, 3}
    assert one not in found


# Writing over inputs


def check_replacing(schedule, old, new):
    """Nothing reads the old value when, or at another place where, new is written."""
    at = schedule.home[new]
    for n, kernel in enumerate(schedule.kernels):
        for node in (*kernel.before, *kernel.computed):
            for x in node.inputs:
                if base(x) is not old or n < at:
                    continue
                assert n == at, f"{node!r} reads {old!r} after it was replaced"
                assert x is old, "read through a view while it is replaced"
                assert node in kernel.nodes, "read elsewhere while it is replaced"
                assert x.shape == kernel.space
    assert schedule.layout.strides(old) == schedule.layout.strides(new)


@settings(max_examples=150)
@given(case=graphs(most=12))
def test_what_may_be_replaced_is_not_read_any_more(case):
    graph = with_gradients(case).graph
    schedule = scheduled(graph)
    pairs = [(x, y) for x in graph.inputs.values() for y in graph.nodes]
    for old, new in pairs:
        if old.shape == new.shape and may_replace(schedule, old, new):
            check_replacing(schedule, old, new)


@STEPS
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_parameters_are_replaced_when_no_longer_read(network, optimizer):
    graph = step(network, optimizer)
    names = [n for n in graph.outputs if n.startswith("new.")]
    weights = [name for name in graph.inputs if name.endswith("weight")]
    inner = [
        x
        for n, x in graph.outputs.items()
        if n.startswith("grad.dense") and n.endswith((".sum", ".output"))
    ]
    first = (graph.outputs["E"], *inner)
    for exchanged in ([], weights):
        layout = Layout(exchanged_nodes(graph, exchanged))
        schedule = Schedule(graph, layout, first)
        replaced = 0
        for name in names:
            old, new = graph.inputs[name.removeprefix("new.")], graph.outputs[name]
            if may_replace(schedule, old, new):
                check_replacing(schedule, old, new)
                replaced += 1
        assert replaced == len(names)


def replacing(function, *shapes):
    arrays = [np.zeros(shape) for shape in shapes]
    graph = bl.trace_function(function, *arrays)
    old = next(iter(graph.inputs.values()))
    return may_replace(scheduled(graph), old, next(iter(graph.outputs.values())))


def test_a_value_is_kept_while_it_is_read_elsewhere():
    square = (4, 4)
    assert replacing(lambda w, g: w - 0.1 * g, square, square)
    assert replacing(lambda w, g: w - 0.1 * (g @ g), square, square)
    assert not replacing(lambda w: w + bl.transpose(w), square)
    assert not replacing(lambda w, g: w - w @ g, square, square)
    assert not replacing(lambda w: bl.broadcast_to(w[0], shape=(4, 4)) + w, square)
    assert not replacing(bl.transpose, square)


def test_a_value_that_is_read_later_is_kept():
    w, g = input_node("w", (3, 3)), input_node("g", (3, 3))
    new = w - g
    graph = Graph({"w": w, "g": g}, {"new": new, "later": bl.sum(new @ w)})
    assert not may_replace(scheduled(graph), w, new)


def test_another_order_of_axes_is_not_written_over():
    w, g = input_node("w", (3, 5)), input_node("g", (3, 5))
    graph = Graph({"w": w, "g": g}, {"new": w - g})
    schedule = scheduled(graph)
    assert may_replace(schedule, w, graph.outputs["new"])
    schedule.layout = with_changes(schedule.layout, exchanged=frozenset([w]))
    assert not may_replace(schedule, w, graph.outputs["new"])


def test_a_wrong_replacement_is_seen():
    w = input_node("w", (3, 3))
    new = w - 1.0
    schedule = scheduled(Graph({"w": w}, {"new": new, "later": bl.sum(new @ w)}))
    with pytest.raises(AssertionError, match="after it was replaced"):
        check_replacing(schedule, w, new)


def test_kernels_start_without_stores():
    assert Kernel("map", (2,)).stores == []
