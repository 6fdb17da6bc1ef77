"""Batches shorter than a program was made for, and code for other processors."""

import struct
from types import SimpleNamespace

import llvmlite.binding as llvm
import numpy as np
import pytest
from programs import (
    DTYPES,
    EPSILON,
    TARGETS,
    Guarded,
    assert_near,
    function_of,
    run,
    run_on,
)
from records import arrays_of, generator, traced

import backlit as bl
from backlit.compile.axes import batch_axes
from backlit.compile.module import build
from backlit.compile.target import Target, assembled
from backlit.errors import GraphError
from backlit.graph import OPS, Graph, input_node
from backlit.interpret import Program
from backlit.network.architecture import Architecture
from backlit.simplify import simplify
from backlit.update.step import phases, training_step

ON_TARGETS = pytest.mark.parametrize("target", TARGETS)
LONGEST, WIDTH = 19, 5

# Of x (samples, 5), y (samples, 5), w (7, 5), v (19, 5) and count: v is as long as the
# longest batch, but no batch.
FUNCTIONS = {
    "elementwise": lambda g: bl.exp(g.x) * g.y + g.w[0],
    "one number each": lambda g: bl.tanh(bl.sum(g.x, axis=1)) * 2.0,
    "turned": lambda g: bl.exp(bl.transpose(g.x)) + 1.0,
    "turned back": lambda g: bl.transpose(bl.exp(bl.transpose(g.x))) + g.y,
    "repeated": lambda g: bl.broadcast_to(g.x, shape=(3, *g.x.shape)) * 2.0,
    "reshaped": lambda g: bl.exp(bl.reshape(g.x, shape=(1, g.x.shape[0], 1, WIDTH))),
    "mean of samples": lambda g: bl.sum(g.x * g.y, axis=0) / g.count,
    "sum kept": lambda g: g.x - bl.sum(g.x, axis=0, keepdims=True) / g.count,
    "sum of all": lambda g: bl.sum(bl.square(g.x - g.y)) / g.count,
    "largest sample": lambda g: bl.max(g.x + g.y, axis=0),
    "largest of each": lambda g: bl.max(g.x, axis=1, keepdims=True) + g.y,
    "largest of all": lambda g: bl.max(bl.abs(g.x)),
    "logsumexp of samples": lambda g: bl.logsumexp(g.x, axis=0),
    "softmax": lambda g: bl.softmax(g.x, axis=1),
    "softmax over samples": lambda g: bl.softmax(g.x, axis=0),
    "layer": lambda g: bl.relu(g.x @ bl.transpose(g.w) + 1.0),
    "layer by columns": lambda g: bl.contract(g.w, g.x, spec="oi,bi->ob"),
    "gradient of weights": lambda g: bl.contract(g.x, g.y, spec="bi,bj->ij") / g.count,
    "gradient of a number": lambda g: bl.contract(g.x, g.y, spec="bi,bi->"),
    "product of each": lambda g: bl.contract(g.x, g.y, spec="bi,bi->b"),
    "outer of each": lambda g: bl.contract(g.x, g.y, spec="bi,bj->bij"),
    "sum of weights too": lambda g: (
        bl.sum(bl.exp(g.x), axis=0) + bl.sum(bl.exp(g.v), axis=0)
    ),
    "product with as long": lambda g: bl.contract(
        bl.exp(g.v), bl.exp(g.x), spec="ai,bi->ab"
    ),
}


def of_length(function, samples):
    shapes = {
        "x": (samples, WIDTH), "y": (samples, WIDTH), "w": (7, WIDTH), "v": (19, WIDTH),
        "count": (),
    }  # fmt: skip
    nodes = {name: input_node(name, shape) for name, shape in shapes.items()}
    return Graph(
        nodes,
        {"result": function(SimpleNamespace(**nodes)), "other": bl.exp(nodes["v"])},
    )


def values(samples):
    draw = np.random.default_rng(0)
    found = {name: draw.normal(size=(LONGEST, WIDTH)) for name in "xyv"}
    return found | {"w": draw.normal(size=(7, WIDTH)), "count": samples}


def shorter(values_, samples):
    return values_ | {name: values_[name][:samples] for name in "xy"}


@ON_TARGETS
@pytest.mark.parametrize("name", FUNCTIONS)
def test_shorter_batch_gives_what_a_program_of_that_length_gives(name, target):
    graph = of_length(FUNCTIONS[name], LONGEST)
    axes = batch_axes(graph, ["x", "y"])
    dtype = DTYPES[len(name) % 2]
    module = build(graph, TARGETS[target], dtype, batched=["x", "y"])
    function = function_of(module, TARGETS[target])
    for samples in (1, 4, 13, LONGEST):
        given = values(samples)
        found = run_on(Guarded(module), given, function, rows=samples)
        small = of_length(FUNCTIONS[name], samples)
        expected = Program(small, dtype)(shorter(given, samples))
        for output, value in expected.items():
            axis = axes.get(graph.outputs[output])
            got = found[output]
            part = got if axis is None else np.take(got, range(samples), axis)
            bound = 16 * EPSILON[dtype] * np.abs(value).max()
            assert_near(part, value, bound, output)


@ON_TARGETS
def test_what_is_as_long_as_a_batch_by_chance_is_computed_whole(target):
    """A kernel must not run over the samples for what has none."""
    x, w = input_node("x", (6, 4)), input_node("w", (6, 4))
    outputs = {"a": bl.exp(x), "b": bl.exp(w), "c": w * 2.0 + bl.tanh(w), "d": w - 1.0}
    graph = Graph({"x": x, "w": w}, outputs)
    given = {"x": np.ones((6, 4)), "w": np.arange(24.0).reshape(6, 4) / 24}
    found = run(graph, given, "float64", TARGETS[target], rows=2, batched=["x"])
    expected = Program(graph)(given)
    for name in "bcd":
        assert_near(found[name], expected[name], 1e-14, name)
    assert_near(found["a"][:2], expected["a"][:2], 1e-14)


def test_batch_that_is_taken_apart_is_refused():
    graph = of_length(lambda g: g.x[:3], LONGEST)
    with pytest.raises(GraphError, match="fixed lengths only"):
        build(graph, TARGETS["host"], batched=["x"])


# Parts of a step


NETWORK = Architecture(3, [bl.Dense(7, "tanh"), bl.Dense(2)], "cross_entropy", l2=0.1)


def network_step():
    return simplify(training_step(NETWORK, bl.Adam(), 9, counted=True))


def test_parts_of_a_step_are_functions_that_make_up_the_whole():
    graph = network_step()
    module = build(graph, TARGETS["host"], phases=phases(graph))
    assert {"part_forward", "part_backward", "part_update"} <= names(module.text)
    calls = {
        name: body.count("call void @kernel")
        for name, body in functions(module.text).items()
    }
    parts = [n for n in calls if n.startswith("part_")]
    assert sum(calls[n] for n in parts) == calls["step"] == len(module.schedule.kernels)


def functions(text):
    parts = [part.partition("(") for part in text.split("define ")[1:]]
    return {head.rpartition("@")[2]: body for head, _, body in parts}


def names(text):
    return set(functions(text))


def test_program_without_phases_has_no_parts():
    module = build(network_step(), TARGETS["host"])
    assert not any(name.startswith("part_") for name in names(module.text))


def test_text_is_the_same_whenever_it_is_written():
    assert build(network_step(), TARGETS["host"]).text == (
        build(network_step(), TARGETS["host"]).text
    )


# Processors that are not this one

OTHERS = {
    "aarch64": Target("aarch64-unknown-linux-gnu", "generic", "+neon", 16, 32),
    "x86-64": Target("x86_64-unknown-linux-gnu", "x86-64", "", 16, 16),
    "haswell": Target("x86_64-unknown-linux-gnu", "haswell", "", 32, 16),
    "avx512": Target("x86_64-unknown-linux-gnu", "skylake-avx512", "", 64, 32),
    "riscv64": Target("riscv64-unknown-linux-gnu", "generic-rv64", "+f,+d", 16, 32),
}


def every_operation():
    """Return one graph with each operation once."""
    inputs, outputs = {}, {}
    for op in OPS.values():
        sample = next(s for s in op.samples if not s.error)
        nodes, y = traced(op, sample, arrays_of(sample, generator(op, sample)))
        inputs |= {f"{op.name}.{name}": node for name, node in nodes.items()}
        outputs[op.name] = y
    return Graph(inputs, outputs)


def undefined(code):
    """Return the symbols that an object file (ELF, 64 bits) needs from outside."""
    assert code[:6] == b"\x7fELF\x02\x01"
    (start,) = struct.unpack_from("<Q", code, 40)
    size, count = struct.unpack_from("<HH", code, 58)
    sections = [
        struct.unpack_from("<IIQQQQIIQQ", code, start + size * n) for n in range(count)
    ]
    found = set()
    for _, kind, _, _, at, length, link, _, _, entry in sections:
        if kind != 2:  # not the table of symbols
            continue
        strings = sections[link][4]
        for place in range(at + entry, at + length, entry):
            name, info, _, section = struct.unpack_from("<IBBH", code, place)
            if section == 0 and info & 15 != 3:
                end = code.index(b"\0", strings + name)
                found.add(code[strings + name : end].decode())
    return found - {"_GLOBAL_OFFSET_TABLE_"}  # which the linker makes


@pytest.fixture(scope="module", autouse=True)
def all_targets():
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_code_for_other_processors_calls_nothing_from_outside(name, dtype):
    for graph in (every_operation(), network_step()):
        code = assembled(build(graph, OTHERS[name], dtype).text, OTHERS[name])
        assert not undefined(code)


def test_a_call_from_outside_is_seen():
    text = "declare double @tanh(double)\ndefine double @f(double %x) {\n"
    text += "  %y = call double @tanh(double %x)\n  ret double %y\n}\n"
    assert undefined(assembled(text, OTHERS["aarch64"])) == {"tanh"}


def test_what_a_step_need_not_compute_it_leaves_out():
    x = input_node("x", (6, 4))
    shown, kept = bl.sum(bl.exp(x), axis=0), bl.sum(bl.sum(x, axis=1) * 2.0)
    graph = Graph({"x": x}, {"shown": shown, "kept": kept})
    values = {"x": np.arange(24.0).reshape(6, 4)}
    whole = run(graph, values, "float32")
    part = run(graph, values, "float32", wanted=[kept])
    assert part["kept"] == whole["kept"] == 2 * 276
    assert np.isfinite(whole["shown"]).all()
    assert np.isnan(part["shown"]).all()
