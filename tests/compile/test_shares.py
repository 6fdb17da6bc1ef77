"""How the kernels of a step are cut among threads, and which run at once."""

import pytest

import backlit as bl
from backlit.compile.axes import batch_axes
from backlit.compile.layout import Layout, base
from backlit.compile.memory import plan
from backlit.compile.schedule import Schedule
from backlit.compile.shares import several_pay, share_out
from backlit.graph import Graph
from backlit.network.architecture import Architecture
from backlit.simplify import simplify
from backlit.update.step import training_step

SIZES = {"float": 4, "int": 8, "bool": 1}
NETWORKS = {
    "narrow": Architecture(5, [bl.Dense(7, "tanh"), bl.Dense(3)], "cross_entropy"),
    "wide": Architecture(
        784, [bl.Dense(512, "relu"), bl.Dense(256, "relu"), bl.Dense(10)], l2=0.1
    ),
    "deep": Architecture(64, [bl.Dense(64, "gelu") for _ in range(4)], "mse"),
}
each = pytest.mark.parametrize("network", NETWORKS)


def shared(network, optimizer=None, size=128):
    optimizer = optimizer or bl.Adam(clip_norm=1.0)
    step = training_step(NETWORKS[network], optimizer, size, counted=True)
    kept = {n: x for n, x in step.outputs.items() if n == "E" or n[:4] == "new."}
    graph = simplify(Graph(step.inputs, kept))
    axes = batch_axes(graph, ["x", "t"])
    schedule = Schedule(graph, Layout(), batch=axes)
    moved = {
        node: graph.inputs[name.removeprefix("new.")]
        for name, node in graph.outputs.items()
        if name.startswith("new.")
    }
    return schedule, axes, share_out(schedule, axes, moved)


def reads(kernel):
    nodes = (*kernel.before, *kernel.computed)
    return {base(x) for node in nodes for x in node.inputs}


@each
def test_no_kernel_runs_with_one_whose_other_parts_it_reads(network):
    schedule, _, found = shared(network)
    kernels = [*zip(schedule.kernels, found.cuts, found.groups, strict=True)]
    for n, (late, cut, group) in enumerate(kernels):
        for early, other, before in kernels[:n]:
            if reads(late) & set(early.stores):
                assert before <= group
                if before == group:
                    assert cut == other
                    assert cut in {"rows", ""}


@each
def test_an_input_is_read_by_all_before_it_is_written_over(network):
    schedule, _, found = shared(network)
    graph = schedule.graph
    for name, node in graph.outputs.items():
        if name.startswith("new."):
            old = graph.inputs[name.removeprefix("new.")]
            writing = schedule.home[node]
            for n in range(writing):
                if old in reads(schedule.kernels[n]):
                    assert found.groups[n] < found.groups[writing]


@each
def test_rows_are_cut_where_results_have_some(network):
    schedule, axes, found = shared(network)
    for kernel, cut in zip(schedule.kernels, found.cuts, strict=True):
        assert cut != "rows" or kernel.computed[0] in axes
        if kernel.kind == "reduce" and kernel.computed[0] not in axes:
            assert not cut


@each
def test_what_is_needed_in_one_group_lies_apart(network):
    schedule, _, found = shared(network)
    memory = plan(schedule, SIZES, {}, found.groups, 2)
    stores = [
        (memory.offsets[x], x.size * SIZES[x.dtype], group)
        for kernel, group in zip(schedule.kernels, found.groups, strict=True)
        for x in kernel.stores
    ]
    for n, (at, size, group) in enumerate(stores):
        for other, length, with_ in stores[:n]:
            apart = at + size <= other or other + length <= at
            assert group != with_ or apart


def test_wide_layers_are_cut_by_columns_and_others_by_rows():
    schedule, axes, found = shared("wide")
    cuts = {
        kernel.space: cut
        for kernel, cut in zip(schedule.kernels, found.cuts, strict=True)
        if kernel.kind == "contract" and kernel.computed[0] in axes
    }
    assert cuts == {(128, 512): "columns", (128, 256): "columns", (128, 10): "rows"}


def test_a_step_of_few_groups_wakes_the_others_seldom():
    for network, most in (("narrow", 9), ("wide", 11)):
        _, _, found = shared(network)
        assert max(found.groups) < most


def test_only_groups_with_enough_to_do_are_shared():
    assert not shared("narrow")[2].together
    _, _, found = shared("wide")
    assert len(found.together) >= 4
    assert len(found.together) < max(found.groups) + 1


def test_threads_pay_in_long_steps_only():
    for network, size, pays in (("narrow", 128, False), ("wide", 128, True)):
        graph = training_step(NETWORKS[network], bl.SGD(0.1), size)
        assert several_pay(graph) == pays
