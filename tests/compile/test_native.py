"""Every operation and random graphs, run natively and by the interpreter."""

import gc
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from graphs import SHAPES, graphs, smooth_graphs, with_gradients
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import DTYPES, EPSILON, TARGETS, agree, assert_near, run, size_of
from records import arrays_of, derivatives, generator, named, traced

import backlit as bl
from backlit.compile import native, tiles
from backlit.compile.body import Code
from backlit.compile.emitter import Emitter
from backlit.compile.module import build
from backlit.compile.native import Program
from backlit.compile.schedule import Schedule
from backlit.compile.trigonometric import LARGEST
from backlit.errors import DataError, DtypeError, GraphError, OptionError, ShapeError
from backlit.graph import CONSTANT, OPS, Graph, constant, input_node
from backlit.interpret import Program as Interpreter
from backlit.simplify import simplify

# Errors relative to the largest value on the way. Float64 keeps to 1e-12 everywhere;
# float32 to 4 ulp, or to 16 where hundreds of numbers are summed one after another.
FEW = {"float64": 1e-12, "float32": 4 * EPSILON["float32"]}
MANY = {"float64": 1e-12, "float32": 16 * EPSILON["float32"]}
WIDE = (
    *((), (17,), (40,), (33,), (17, 33), (33, 17), (17, 1), (1, 33), (5, 9, 17)),
    *((3, 16), (1, 7, 8), (2, 1, 19)),
)
ON_TARGETS = pytest.mark.parametrize("target", TARGETS)
IN_BOTH = pytest.mark.parametrize("dtype", DTYPES)
OPERATIONS = pytest.mark.parametrize("name", OPS)


def samples_of(name):
    """Yield graphs of an operation with its derivatives, and inputs for them."""
    op = OPS[name]
    for sample in op.samples:
        if sample.error:
            continue
        arrays = arrays_of(sample, generator(op, sample))
        inputs, node = traced(op, sample, arrays)
        outputs = {"y": node}
        found = derivatives(node, inputs)
        outputs |= {f"grad.{n}": found[x] for n, x in inputs.items() if x in found}
        yield Graph(inputs, outputs), named(arrays)


@IN_BOTH
@OPERATIONS
def test_operation_and_its_derivatives_are_those_of_the_interpreter(name, dtype):
    for graph, inputs in samples_of(name):
        agree(graph, inputs, dtype, FEW[dtype])


def test_simplified_operations_are_those_of_the_interpreter():
    for name in OPS:
        for graph, inputs in samples_of(name):
            agree(simplify(graph), inputs, "float32", FEW["float32"])


@pytest.mark.parametrize("target", sorted(TARGETS.keys() - {"host"}))
@IN_BOTH
def test_operations_are_right_on_lesser_processors(dtype, target):
    for name in OPS:
        for graph, inputs in list(samples_of(name))[1:2]:
            agree(graph, inputs, dtype, FEW[dtype], TARGETS[target])


def check_each(case, dtype):
    """Check every node by its operation, on the values that native code gave it."""
    graph, inputs = case.graph, case.inputs
    outputs = {f"v{n}": x for n, x in enumerate(graph.nodes) if x.inputs}
    found = run(Graph(graph.inputs, outputs), inputs, dtype)
    values = {graph.inputs[n]: np.asarray(x, dtype) for n, x in inputs.items()}
    values |= {x: x.attributes["value"] for x in graph.nodes if x.op is CONSTANT}
    values |= {x: found[name] for name, x in outputs.items()}
    for node in outputs.values():
        reads = [values[x] for x in node.inputs]
        if node.op.name in {"sin", "cos"} and np.any(np.abs(reads[0]) > LARGEST):
            continue
        wide = [x.astype("f8") if x.dtype.kind == "f" else x for x in reads]
        with np.errstate(all="ignore"):
            expected = np.asarray(node.op.function(*wide, **node.attributes))
            expected = expected.astype(values[node].dtype)
        assert_near_or_equal(values[node], expected, bound_of(node, wide, dtype))


def bound_of(node, reads, dtype):
    """Return how far off a value may be: relative to itself, or to what is added."""
    added = {"add", "sub", "sum", "contract", "scatter_add", "logsumexp"}
    sizes = [0.0]
    if node.op.name in added:
        sizes = [np.abs(x[np.isfinite(x)]).max(initial=0.0) for x in reads]
    return 8 * EPSILON[dtype] * max(sizes), 8 * EPSILON[dtype]


def assert_near_or_equal(found, expected, bounds):
    absolute, relative = bounds
    np.testing.assert_allclose(
        found, expected, rtol=relative, atol=absolute + np.finfo("f4").tiny
    )


@IN_BOTH
@settings(max_examples=70)
@given(case=graphs(), gradients=st.booleans(), simpler=st.booleans())
def test_random_graph_is_that_of_the_interpreter(dtype, case, gradients, simpler):
    case = with_gradients(case) if gradients else case
    graph = simplify(case.graph) if simpler else case.graph
    agree(graph, case.inputs, dtype, FEW[dtype])


@IN_BOTH
@settings(max_examples=40)
@given(case=smooth_graphs(shapes=WIDE), simpler=st.booleans())
def test_random_graph_of_many_elements_is_that_of_the_interpreter(dtype, case, simpler):
    graph = with_gradients(case).graph
    agree(simplify(graph) if simpler else graph, case.inputs, dtype, MANY[dtype])


@ON_TARGETS
@settings(max_examples=20)
@given(case=graphs(shapes=WIDE + SHAPES))
def test_random_graph_is_right_on_every_processor(target, case):
    agree(case.graph, case.inputs, "float32", MANY["float32"], TARGETS[target])


@IN_BOTH
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@settings(max_examples=50)
@given(case=graphs(wild=True), gradients=st.booleans())
def test_each_value_of_a_wild_graph_follows_from_those_before(dtype, case, gradients):
    check_each(with_gradients(case) if gradients else case, dtype)


@IN_BOTH
@settings(max_examples=40)
@given(case=graphs(shapes=WIDE))
def test_each_value_of_a_wide_graph_follows_from_those_before(dtype, case):
    check_each(with_gradients(case), dtype)


# Faults that the checks above must see


def product_with_bias():
    """Return a graph whose rows end in a vector that is not full."""
    shapes = {"a": (6, 9), "b": (9, 23), "c": (23,)}
    graph = bl.trace_function(
        lambda a, b, c: bl.tanh(bl.relu(a @ b + c)), *map(np.zeros, shapes.values())
    )
    draw = np.random.default_rng(0)
    return graph, {name: draw.normal(size=shape) for name, shape in shapes.items()}


def store_next_to_it(self, node, value, place, real=Emitter.write):
    *first, last = place.index
    moved = last + 1 if isinstance(last, int) else last + 1.0
    real(self, node, value, replace(place, index=(*first, moved)))


def store_all_lanes(self, node, value, place, real=Emitter.write):
    real(self, node, value, replace(place, used=place.lanes))


def swap_rows(c, at, sums, widths, real=tiles._products):
    found, n = real(c, at, sums, widths), len(widths)
    return [*found[n : 2 * n], *found[:n], *found[2 * n :]]


def forget_a_store(self, real=Schedule._find_stores):
    real(self)
    del self.kernels[0].stores[0]


def leave_out_the_last(self, start, stop, step, *rest, real=Code.loop):
    stop = stop - step if isinstance(stop, int) and stop > step else stop
    return real(self, start, stop, step, *rest)


FAULTS = {
    "store next to it": (Emitter, "write", store_next_to_it),
    "store all lanes": (Emitter, "write", store_all_lanes),
    "swap rows": (tiles, "_products", swap_rows),
    "forget a store": (Schedule, "_find_stores", forget_a_store),
    "leave out the last": (Code, "loop", leave_out_the_last),
}


@pytest.mark.skipif("sse2" not in TARGETS, reason="needs vectors of a known width")
@pytest.mark.parametrize("fault", FAULTS)
def test_code_with_a_fault_is_seen(fault, monkeypatch):
    graph, inputs = product_with_bias()
    agree(graph, inputs, "float32", FEW["float32"], TARGETS["sse2"])
    monkeypatch.setattr(*FAULTS[fault])
    with pytest.raises((AssertionError, LookupError)):
        agree(graph, inputs, "float32", FEW["float32"], TARGETS["sse2"])


# Values at the edges


def compared(function, *arrays, dtype="float64"):
    """Run a function natively and by the interpreter, on the same arrays."""
    graph = bl.trace_function(function, *arrays)
    inputs = dict(zip(graph.inputs, arrays, strict=True))
    for g in (graph, simplify(graph)):
        found, expected = (P(g, dtype)(inputs) for P in (Program, Interpreter))
        for name, value in expected.items():
            assert found[name].dtype == value.dtype
            assert_near(found[name], value, MANY[dtype] * size_of(g, inputs), name)
    return found["output"]


@IN_BOTH
@pytest.mark.parametrize("axis", [0, 1, None])
def test_logsumexp_of_huge_and_infinite_numbers_is_exact(axis, dtype):
    inf, nan = np.inf, np.nan
    x = np.array([[1e4, 1e4], [-1e4, -inf], [-inf, -inf], [inf, 0], [inf, -inf]])
    compared(lambda x: bl.logsumexp(x, axis=axis), x, dtype=dtype)
    compared(lambda x: bl.logsumexp(x, axis=axis), x[:3], dtype=dtype)
    compared(lambda x: bl.softmax(x, axis=1), x[:2], dtype=dtype)
    compared(lambda x: bl.logsumexp(x, axis=axis), np.array([[nan, inf], [0, 1]]))


@IN_BOTH
@pytest.mark.parametrize("size", [1, 3, 16, 17, 100])
def test_largest_is_nan_wherever_one_is(size, dtype):
    x = np.linspace(-1, 1, size)
    for place in {0, size // 2, size - 1}:
        spoilt = x.copy()
        spoilt[place] = np.nan
        assert np.isnan(compared(bl.max, spoilt, dtype=dtype))
        table = np.stack([x, spoilt, -x])
        compared(lambda x: bl.max(x, axis=0), table, dtype=dtype)
        compared(lambda x: bl.max(x, axis=1), table, dtype=dtype)


@IN_BOTH
def test_arrays_without_elements_are_computed_with(dtype):
    none, wide = np.zeros((0, 3)), np.zeros((3, 0))
    assert compared(lambda x: bl.tanh(x) + 1.0, none, dtype=dtype).shape == (0, 3)
    assert compared(lambda x: bl.sum(x * x), none, dtype=dtype) == 0
    assert compared(lambda x: bl.sum(x, axis=0), none, dtype=dtype).tolist() == [0] * 3
    assert compared(lambda x: bl.sum(x, axis=1), none, dtype=dtype).shape == (0,)
    product = compared(lambda a, b: a @ b + 1.0, wide, none, dtype=dtype)
    assert product.tolist() == np.ones((3, 3)).tolist()
    assert compared(lambda a, b: a @ b, none, wide, dtype=dtype).shape == (0, 0)
    joined = compared(bl.concatenate, none, np.ones((2, 3)))
    assert joined.shape == (2, 3)
    compared(lambda a: bl.reshape(bl.transpose(a), shape=(0, 3)), none, dtype=dtype)


@IN_BOTH
def test_numbers_and_arrays_of_seven_axes_are_computed_with(dtype):
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(2, 1, 3, 2, 1, 2, 5)), draw.normal(size=(2, 4, 2, 1))
    compared(lambda x, y: bl.exp(x) * y - bl.sum(x, axis=(0, 1, 2)), x, y)
    compared(lambda x, y: bl.sum(x * y, axis=(0, 3, 6), keepdims=True), x, y)
    turned = compared(
        lambda x: bl.transpose(x, axes=(3, 6, 0, 2, 5, 1, 4)) * 2.0, x, dtype=dtype
    )
    assert turned.shape == (2, 5, 2, 3, 2, 1, 1)
    assert compared(lambda x: bl.tanh(x) + x, 0.5, dtype=dtype).shape == ()
    assert compared(bl.sum, 0.5, dtype=dtype) == 0.5


@IN_BOTH
@pytest.mark.parametrize("shape", [(1_000_003,), (1009, 1013), (100_003, 3)])
def test_sums_of_a_million_numbers_lose_few_digits(shape, dtype):
    x = np.random.default_rng(0).normal(size=shape)
    for axis in (None, *range(len(shape))):
        graph = bl.trace_function(lambda x: bl.sum(bl.square(x), axis=axis), x)  # noqa: B023 - used at once
        found = Program(graph, dtype)({"x": x})["output"]
        expected = np.square(x).sum(axis)
        # One accumulator a lane: errors grow with the square root of what it adds.
        count = x.size / np.size(expected)
        bound = EPSILON[dtype] * (4 + 0.5 * np.sqrt(count))
        np.testing.assert_allclose(found, expected, rtol=bound)


def test_code_stays_small_however_long_an_axis_is():
    long, longer = (
        len(
            build(
                bl.trace_function(lambda x: bl.sum(bl.tanh(x), axis=0), x),
                TARGETS["host"],
            ).text
        )
        for x in (np.zeros((3, 1_600)), np.zeros((3, 160_000)))
    )
    assert longer < 1.1 * long


@IN_BOTH
def test_long_chains_of_operations_are_compiled(dtype):
    def deep(x):
        y = x
        for _ in range(1500):
            y = y * 0.5 + x
        return y

    compared(deep, np.ones(3), dtype=dtype)


# Integers and truth values


@IN_BOTH
@pytest.mark.parametrize("size", [1, 3, 4, 5, 16, 17, 40])
def test_integers_and_truth_values_are_carried(size, dtype):
    draw = np.random.default_rng(size)
    x = draw.normal(size=(3, size))
    n = draw.integers(-(2**40), 2**40, (size, 3))
    flags = x > 0
    whole = input_node("n", n.shape, "int")
    truth = input_node("flags", flags.shape, "bool")
    floats = input_node("x", x.shape)
    outputs = {
        "moved": bl.transpose(whole, axes=(1, 0)),
        "part": whole[:: 2 if size > 1 else 1, 1:],
        "joined": bl.concatenate(floats, bl.transpose(whole, axes=(1, 0)), axis=1),
        "turned": bl.transpose(truth, axes=(1, 0)),
        "repeated": bl.broadcast_to(truth, shape=(2, 3, size)),
        "flat": bl.reshape(bl.transpose(truth, axes=(1, 0)), shape=(-1,)),
        "compared": floats > 0.5,
        "equal": bl.equal(whole, whole),
        "chosen": bl.where(truth, floats, 2.0),
        "chosen by column": bl.where(truth[:, :1], floats, -floats),
        "sum": bl.sum(bl.to_float(truth), axis=0),
        "float": bl.to_float(whole) + bl.transpose(floats, axes=(1, 0)),
        "given": truth,
    }
    graph = Graph({"n": whole, "flags": truth, "x": floats}, outputs)
    inputs = {"n": n, "flags": flags, "x": x}
    found, expected = (P(graph, dtype)(inputs) for P in (Program, Interpreter))
    for name, value in expected.items():
        assert found[name].dtype == value.dtype, name
        assert_near(found[name], value, 4 * EPSILON[dtype] * np.abs(value).max(), name)


@IN_BOTH
def test_outputs_may_be_inputs_numbers_and_views(dtype):
    x, n = input_node("x", (2, 3)), input_node("n", (2,), "int")
    outputs = {
        "x itself": x,
        "number": constant(0.5),
        "numbers": bl.broadcast_to(constant(2.0), shape=(2, 2)),
        "table": constant(np.arange(6.0).reshape(2, 3)),
        "whole": constant(np.arange(3)),
        "truth": constant(np.array([True, False])),
        "turned": bl.transpose(x, axes=(1, 0)),
        "part": x[:, 1],
        "places": bl.reshape(n, shape=(2, 1)),
    }
    graph = Graph({"x": x, "n": n}, outputs)
    inputs = {"x": np.arange(6.0).reshape(2, 3) / 7, "n": np.array([3, -(2**50)])}
    found, expected = (P(graph, dtype)(inputs) for P in (Program, Interpreter))
    for name, value in expected.items():
        assert found[name].dtype == value.dtype, name
        assert found[name].tolist() == value.tolist(), name
    program = Program(graph, dtype)
    program(inputs)["turned"][:] = 7  # a copy
    assert program(inputs)["turned"].max() < 1


# Places to gather from


def gathering(at_shape=(3,), axis=0):
    x, at = input_node("x", (4, 2)), input_node("at", at_shape, "int")
    return Graph({"x": x, "at": at}, {"y": bl.gather(x, at, axis=axis)})


@pytest.mark.parametrize("wrong", [4, -1, 2**62, -(2**62)])
def test_a_place_outside_is_refused_before_anything_is_read(wrong, monkeypatch):
    x = np.ones((4, 2))
    program = Program(gathering())
    monkeypatch.setattr(program, "_run", None)
    message = f"place {wrong} is outside 0 to 3"
    with pytest.raises(DataError, match=message):
        program({"x": x, "at": [0, wrong, 1]})
    with pytest.raises(DataError, match=message):
        Interpreter(gathering())({"x": x, "at": [0, wrong, 1]})


def test_places_that_were_gathered_moved_or_fixed_are_looked_at_too():
    x, at, rows = (
        input_node("x", (4, 2)),
        input_node("at", (2, 3), "int"),
        input_node("rows", (2,), "int"),
    )
    inner = bl.transpose(bl.gather(at, rows, axis=1), axes=(1, 0))
    graph = Graph(
        {"x": x, "at": at, "rows": rows},
        {
            "y": bl.gather(x, inner),
            "z": bl.scatter_add(x[:2], rows, size=3),
            "fixed": bl.gather(x, constant(np.array([3, 0]))),
        },
    )
    program, oracle = Program(graph, "float64"), Interpreter(graph)
    good = {"x": np.arange(8.0).reshape(4, 2), "at": [[0, 3, 9], [1, 2, -1]]}
    good["rows"] = [1, 0]
    for name, value in oracle(good).items():
        assert program(good)[name].tolist() == value.tolist()
    for change, place in (({"rows": [1, 2]}, 9), ({"rows": [1, 3]}, 3)):
        for run_ in (program, oracle):
            with pytest.raises(DataError, match=f"place {place} is outside"):
                run_(good | change)


def test_a_fixed_place_outside_is_refused():
    x = input_node("x", (4, 2))
    graph = Graph({"x": x}, {"y": bl.gather(x, constant(np.array([4, 0])))})
    with pytest.raises(DataError, match="place 4 is outside 0 to 3"):
        Program(graph)({"x": np.ones((4, 2))})


# Inputs, as people give them


def scaled(dtype="float64"):
    graph = bl.trace_function(lambda x: x * 2.0, np.zeros((2, 3)))
    return Program(graph, dtype)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, GraphError),
        ({"x": np.zeros((3, 2))}, ShapeError),
        ({"x": np.zeros(6)}, ShapeError),
        ({"x": 1.0}, ShapeError),
        ({"x": None}, DtypeError),
        ({"x": "text"}, DtypeError),
        ({"x": [["a"] * 3] * 2}, DtypeError),
        ({"x": np.zeros((2, 3), complex)}, DtypeError),
        ({"x": np.zeros((2, 3), object)}, DtypeError),
        ({"x": np.zeros((2, 3), "datetime64[s]")}, DtypeError),
        ({"x": [[1.0], [1.0, 2.0]]}, DtypeError),
    ],
    ids=str,
)
def test_wrong_input_is_one_clear_error_as_the_interpreter_has_it(
    given, error, monkeypatch
):
    program = scaled()
    monkeypatch.setattr(program, "_run", None)
    with pytest.raises(error, match="the graph needs") as ours:
        program(given)
    with pytest.raises(error) as theirs:
        Interpreter(program.graph)(given)
    assert str(ours.value) == str(theirs.value)
    assert "\n" not in str(ours.value)


def test_fractions_are_no_places():
    with pytest.raises(DtypeError, match=r"'at' has the dtype float64"):
        Program(gathering())({"x": np.ones((4, 2)), "at": [0.5, 1.0, 2.0]})


@pytest.mark.parametrize(
    "x",
    [
        np.arange(12.0).reshape(3, 4)[::-1, ::2].T,
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.broadcast_to(np.arange(3.0), (2, 3)),
        np.arange(6.0).reshape(2, 3).astype(">f8"),
        np.arange(6).reshape(2, 3).astype("u1"),
        np.arange(6).reshape(2, 3) % 2 == 0,
        np.arange(6.0).reshape(2, 3).astype("f2"),
        [[0, 1, 2], [3, 4, 5]],
        np.frombuffer(bytes(49), np.uint8)[1:].view("f8").reshape(2, 3),
    ],
)
@IN_BOTH
def test_arrays_of_any_layout_and_number_are_taken_and_left_alone(x, dtype):
    before = np.array(x)
    if isinstance(x, np.ndarray):
        x.flags.writeable = False
    found = scaled(dtype)({"x": x})["output"]
    assert found.tolist() == (before.astype(dtype) * 2).tolist()
    assert (np.asarray(x) == before).all()


def test_inputs_that_no_output_needs_are_not_asked_for():
    x, y = input_node("x", (2,)), input_node("y", (3,))
    graph = Graph({"x": x, "y": y}, {"z": x + 1.0})
    assert Program(graph)({"x": [1, 2]})["z"].tolist() == [2, 3]


@pytest.mark.parametrize("dtype", ["float16", "int64", "text", np.int32, 5, []])
def test_other_precisions_are_refused(dtype):
    with pytest.raises(OptionError, match="dtype"):
        scaled(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.dtype("f8"), "float64", "f4", float])
def test_precision_is_given_by_name_or_type(dtype):
    assert scaled(dtype)({"x": np.ones((2, 3))})["output"].dtype == np.dtype(dtype)


def test_more_memory_than_there_can_be_is_refused():
    shapes = {"a": (2**30, 1), "b": (1, 2**30)}
    nodes = {name: input_node(name, shape) for name, shape in shapes.items()}
    graph = Graph(nodes, {"y": bl.exp(nodes["a"] + nodes["b"])})
    with pytest.raises(OptionError, match=r"needs \d+ GiB; use smaller"):
        Program(graph)


def test_more_memory_than_the_machine_has_is_refused(monkeypatch):
    def no_memory(*_):
        raise MemoryError

    graph = scaled().graph
    monkeypatch.setattr(native.np, "zeros", no_memory)
    with pytest.raises(OptionError, match="which this machine does not have"):
        Program(graph)


# Code and memory


def test_code_lives_as_long_as_its_function():
    program = scaled()
    function, arena = program._run, program._arena
    arena.view(program.graph.inputs["x"])[...] = 3.0
    del program
    gc.collect()
    function(arena.address, 1)
    output = next(iter(arena.module.graph.outputs.values()))
    assert (arena.view(output) == 6.0).all()


def test_programs_do_not_share_memory():
    first, second = scaled(), scaled()
    one = first({"x": np.ones((2, 3))})
    two = second({"x": np.full((2, 3), 5.0)})
    assert (one["output"] == 2).all()
    assert (two["output"] == 10).all()
    assert (first({"x": np.ones((2, 3))})["output"] == 2).all()


def test_threads_may_share_a_program():
    graph = bl.trace_function(lambda x: bl.exp(x @ x), np.zeros((60, 60)))
    program = Program(graph)
    inputs = [np.full((60, 60), n / 999) for n in range(8)]
    expected = [program({"x": x})["output"].tobytes() for x in inputs]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            found = pool.map(lambda x: program({"x": x})["output"].tobytes(), inputs)
            assert list(found) == expected


def test_threads_may_compile_at_once():
    with ThreadPoolExecutor(4) as pool:
        programs = list(pool.map(lambda _: scaled(), range(12)))
    for n, program in enumerate(programs):
        assert (program({"x": np.full((2, 3), n)})["output"] == 2 * n).all()


ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs mprotect")
NO_ROOM = """
from math import prod
from backlit.compile import memory
memory._size = lambda node, sizes: memory._aligned(prod(node.shape) * sizes[node.dtype])
"""


def beside_forbidden_memory(target, fault=""):
    """Run programs in a process that dies if one touches what is not its own."""
    code = f"{fault}\nimport edges\nedges.run_all({target!r})"
    return subprocess.run(  # noqa: S603 - the code is ours
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@ON_LINUX
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_outside_the_arena_is_touched(target):
    done = beside_forbidden_memory(target)
    assert done.returncode == 0, (done.returncode, done.stdout[-500:], done.stderr)


@pytest.mark.slow
@ON_LINUX
def test_who_touches_what_is_outside_is_seen():
    assert beside_forbidden_memory("host", NO_ROOM).returncode < 0
