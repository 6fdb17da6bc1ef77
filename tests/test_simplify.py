from __future__ import annotations

import numpy as np
import pytest
from graphs import graphs, operations, with_gradients
from hypothesis import assume, given

import backlit as bl
from backlit import simplify as module
from backlit.backward import backward
from backlit.graph import OPS, Graph, constant, input_node
from backlit.interpret import run
from backlit.simplify import RULES, TRADES, simplify

X, Y = input_node("x", (2, 3)), input_node("y", (2, 3))
S, T = input_node("s", ()), input_node("t", (1, 3))
INPUTS = {"x": X, "y": Y, "s": S, "t": T}
ONCE = {"bounds": ((0, 2, 1), (0, 3, 1))}

# What is written, and what is left: the lines between inputs and return.
EXAMPLES = {
    "x + 0": (X + 0, "z = x"),
    "0 + x": (0 + X, "z = x"),
    "x + -y": (X + -Y, "z = sub(x, y)"),
    "-x + y": (-X + Y, "z = sub(y, x)"),
    "x - 0": (X - 0, "z = x"),
    "0 - x": (0 - X, "z = neg(x)"),
    "x - -y": (X - -Y, "z = add(x, y)"),
    "x * 2": (X * 2, "%1 = constant(value=2.0)\nz = mul(%1, x)"),
    "x * 1": (X * 1, "z = x"),
    "1 * x": (1 * X, "z = x"),
    "x * -1": (X * -1, "z = neg(x)"),
    "x * x": (X * X, "z = square(x)"),
    "-x * y": (-X * Y, "%1 = mul(x, y)\nz = neg(%1)"),
    "x * -y": (X * -Y, "%1 = mul(x, y)\nz = neg(%1)"),
    "-x * -y": (-X * -Y, "z = mul(x, y)"),
    "3 * (2 * x)": (3 * (2 * X), "%1 = constant(value=6.0)\nz = mul(%1, x)"),
    "3 * (5 * x), which may round": (
        3 * (5 * X),
        (
            "%1 = constant(value=3.0)\n%2 = constant(value=5.0)\n%3 = mul(%2, x)\n"
            "z = mul(%1, %3)"
        ),
    ),
    "-(2 * x)": (-(2 * X), "%1 = constant(value=-2.0)\nz = mul(%1, x)"),
    "x / 1": (X / 1, "z = x"),
    "-x / y": (-X / Y, "%1 = div(x, y)\nz = neg(%1)"),
    "x / -y": (X / -Y, "%1 = div(x, y)\nz = neg(%1)"),
    "x ** 1": (X**1, "z = x"),
    "x ** 2": (X**2, "z = square(x)"),
    "x ** 0": (
        X**0,
        "%1 = constant(value=1.0)\nz = broadcast_to(%1, shape=(2, 3))",
    ),
    "-(-x)": (bl.neg(-X), "z = x"),
    "-(x - y)": (-(X - Y), "z = sub(y, x)"),
    "|-x|": (abs(-X), "z = abs(x)"),
    "square(-x)": (bl.square(-X), "z = square(x)"),
    "|x| ** 2": (abs(X) ** 2, "z = square(x)"),
    "numbers": (X + (constant(2.0) * 3 - 6), "z = x"),
    "where(True, x, y)": (bl.where(constant(True), X, Y), "z = x"),
    "where(1 > 2, x, y)": (bl.where(constant(1.0) > 2, X, Y), "z = y"),
    "where(c, x, x)": (bl.where(Y > 0, X, X), "z = x"),
    "number into where": (
        bl.where(X > 0, 1.0, 4.0) / 2,
        (
            "%1 = constant(value=0.0)\n%2 = greater(x, %1)\n%3 = constant(value=0.5)\n"
            "%4 = constant(value=2.0)\nz = where(%2, %3, %4)"
        ),
    ),
    "equal nodes": (bl.exp(X) - bl.exp(X), "%1 = exp(x)\nz = sub(%1, %1)"),
    "equal but for order": (
        X * Y - Y * X,
        "%1 = mul(x, y)\nz = sub(%1, %1)",
    ),
    "sum of nothing": (bl.sum(X, axis=()), "z = x"),
    "sum over length 1": (bl.sum(T, axis=0), "z = reshape(t, shape=(3,))"),
    "max over length 1": (bl.max(T, axis=0), "z = reshape(t, shape=(3,))"),
    "reshape to the same": (bl.reshape(X, shape=(2, 3)), "z = x"),
    "reshape twice": (
        bl.reshape(bl.reshape(X, shape=(6,)), shape=(3, 2)),
        "z = reshape(x, shape=(3, 2))",
    ),
    "reshape a sum": (
        bl.reshape(bl.sum(X, axis=0, keepdims=True), shape=(3,)),
        "z = sum(x, axis=(0,), keepdims=False)",
    ),
    "reshape a maximum": (
        bl.reshape(bl.max(X, axis=0, keepdims=True), shape=(3,)),
        "z = max(x, axis=(0,), keepdims=False)",
    ),
    "reshape a logsumexp": (
        bl.reshape(bl.logsumexp(X, axis=0, keepdims=True), shape=(3,)),
        "z = logsumexp(x, axis=(0,), keepdims=False)",
    ),
    "reshape equal numbers": (
        bl.reshape(bl.broadcast_to(S, shape=(2, 3)), shape=(6,)),
        "z = broadcast_to(s, shape=(6,))",
    ),
    "reshape a number": (
        bl.reshape(S, shape=(1, 1)),
        "z = broadcast_to(s, shape=(1, 1))",
    ),
    "broadcast to the same": (bl.broadcast_to(X, shape=(2, 3)), "z = x"),
    "broadcast twice": (
        bl.broadcast_to(bl.broadcast_to(S, shape=(3,)), shape=(2, 3)),
        "z = broadcast_to(s, shape=(2, 3))",
    ),
    "broadcast in an operation": (
        X * bl.broadcast_to(T, shape=(2, 3)),
        "z = mul(x, t)",
    ),
    "broadcast after": (
        bl.exp(bl.broadcast_to(T, shape=(2, 3))),
        "%1 = exp(t)\nz = broadcast_to(%1, shape=(2, 3))",
    ),
    "transpose twice": (X.T.T, "z = x"),
    "transpose in a contraction": (
        X @ Y.T,
        "z = contract(x, y, spec='yx,zx->yz')",
    ),
    "first transposed": (X.T @ Y, "z = contract(x, y, spec='xy,xz->yz')"),
    "contraction transposed": ((X @ Y.T).T, "z = contract(x, y, spec='yx,zx->zy')"),
    "whole window": (bl.window(X, **ONCE), "z = x"),
    "whole place": (bl.place(X, **ONCE, shape=(2, 3)), "z = x"),
    "one part": (bl.concatenate(X), "z = x"),
    "sum of negatives": (
        bl.sum(-X),
        "%1 = sum(x, axis=(0, 1), keepdims=False)\nz = neg(%1)",
    ),
    "gathered negatives": (
        bl.gather(-X, [0], axis=0),
        "%1 = constant(value=[0])\n%2 = gather(x, %1, axis=0)\nz = neg(%2)",
    ),
    "contraction of negatives": (
        -X @ -Y.T,
        "z = contract(x, y, spec='yx,zx->yz')",
    ),
}


def lines_between(graph: Graph) -> str:
    lines = str(graph).splitlines()
    return "\n".join(x.rsplit(" : ")[0] for x in lines[len(graph.inputs) : -1])


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_written_becomes_what_a_textbook_prints(name):
    written, expected = EXAMPLES[name]
    assert lines_between(simplify(Graph(INPUTS, {"z": written}))) == expected


def awkward(shape, first):
    values = [np.nan, np.inf, -np.inf, 0.0, 1e308, -2.5, 1e-320]
    return np.resize(np.roll(values, first), shape)


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_rule_keeps_the_value_of_infinities_and_nan(name):
    written, _ = EXAMPLES[name]
    graph = Graph(INPUTS, {"z": written})
    for shift in range(7):
        inputs = {
            k: awkward(x.shape, shift + n) for n, (k, x) in enumerate(INPUTS.items())
        }
        before, after = run(graph, inputs)["z"], run(simplify(graph), inputs)["z"]
        np.testing.assert_array_equal(after, before)


def test_every_rule_of_the_table_is_shown_by_an_example(monkeypatch):
    fired = set()

    def watched(place, rule):
        def watching(*inputs, **attributes):
            result = rule(*inputs, **attributes)
            fired.update([place] * (result is not None))
            return result

        return watching

    rules = {
        name: tuple(watched((name, n), rule) for n, rule in enumerate(group))
        for name, group in RULES.items()
    }
    trades = tuple(
        (names, taken, watched(n, rule))
        for n, (names, taken, rule) in enumerate(TRADES)
    )
    monkeypatch.setattr(module, "RULES", rules)
    monkeypatch.setattr(module, "TRADES", trades)
    for written, _ in EXAMPLES.values():
        simplify(Graph(INPUTS, {"z": written}))
    expected = {(name, n) for name, group in RULES.items() for n in range(len(group))}
    assert fired == expected | set(range(len(TRADES)))


@given(graphs())
def test_values_and_gradients_are_kept(case):
    case = with_gradients(case)
    before, after = run(case.graph, case.inputs), run(simplify(case.graph), case.inputs)
    assert list(after) == list(before)
    exact = all(node.op.name != "contract" for node in case.graph.nodes)
    for name, value in before.items():
        if exact:
            np.testing.assert_array_equal(after[name], value)
        else:
            np.testing.assert_allclose(after[name], value, rtol=1e-9, atol=1e-9)


@given(graphs(wild=True))
def test_infinities_and_nan_are_kept(case):
    """But for 1/0, which a zero of the other sign turns from inf into -inf."""
    assume(not {"div", "pow"} & {node.op.name for node in case.graph.nodes})
    before, after = run(case.graph, case.inputs), run(simplify(case.graph), case.inputs)
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value)


@given(graphs())
def test_operations_never_become_more(case):
    case = with_gradients(case)
    small = simplify(case.graph)
    assert operations(small) <= operations(case.graph)
    assert operations(simplify(small)) <= operations(small)


def test_a_shared_negative_is_not_multiplied_out():
    minus = -X
    graph = Graph(INPUTS, {"a": minus * Y, "b": bl.sum(minus)})
    assert operations(simplify(graph)) == operations(graph)


def test_a_contraction_that_is_needed_both_ways_is_computed_once():
    both = X @ Y.T
    small = simplify(Graph(INPUTS, {"a": both, "b": both.T}))
    assert sum(node.op.name == "contract" for node in small.nodes) == 1


def test_a_chain_of_thousands_needs_no_recursion():
    deep = X
    for _ in range(3000):
        deep = -(deep * 1.0 + Y)
    simplify(Graph(INPUTS, {"z": deep, "g": backward(bl.sum(deep), [X])[X]}))


def test_a_constant_that_is_not_a_number_stays():
    graph = Graph(INPUTS, {"z": X * constant(np.nan) + constant(np.inf) * 0})
    assert "constant(value=nan)" in str(simplify(graph))


def test_attributes_given_as_lists_do_not_matter():
    written = bl.sum(bl.reshape(X, shape=[3, 2]), axis=[0])
    again = bl.sum(bl.reshape(X, shape=(3, 2)), axis=0)
    small = simplify(Graph(INPUTS, {"z": written + again}))
    assert operations(small) == 3


def test_one_output_that_is_an_input_stays_one():
    assert simplify(Graph(INPUTS, {"z": X * 1})).outputs["z"] is X


def test_empty_arrays_pass():
    none = input_node("none", (0, 3))
    graph = Graph({"none": none}, {"z": bl.sum(-none * 1 + 0, axis=0)})
    assert run(simplify(graph), {"none": np.zeros((0, 3))})["z"].tolist() == [0, 0, 0]


DELTAS = {
    ("sigmoid", "half_sse"): """\
y = sigmoid(s)
%1 = sub(y, t)
%2 = constant(value=1.0)
%3 = sub(%2, y)
%4 = mul(y, %3)
delta = mul(%1, %4)""",
    ("tanh", "half_sse"): """\
y = tanh(s)
%1 = sub(y, t)
%2 = constant(value=1.0)
%3 = square(y)
%4 = sub(%2, %3)
delta = mul(%1, %4)""",
    ("relu", "half_sse"): """\
y = relu(s)
%1 = sub(y, t)
%2 = constant(value=0.0)
%3 = greater(s, %2)
%4 = constant(value=1.0)
%5 = where(%3, %4, %2)
delta = mul(%1, %5)""",
    ("softmax", "half_sse"): """\
%1 = logsumexp(s, axis=(0,), keepdims=True)
%2 = sub(s, %1)
y = exp(%2)
%3 = sub(y, t)
%4 = mul(%3, y)
%5 = sum(%4, axis=(0,), keepdims=True)
%6 = mul(%5, y)
delta = sub(%4, %6)""",
}


@pytest.mark.parametrize(("activation", "loss"), DELTAS)
def test_delta_of_a_layer_is_the_textbooks(activation, loss):
    s, t = input_node("s", (3,)), input_node("t", (3,))
    y = OPS[activation](s)
    delta = backward(OPS[loss](y, t), [s])[s]
    graph = simplify(Graph({"s": s, "t": t}, {"y": y, "delta": delta}))
    assert lines_between(graph) == DELTAS[activation, loss]
