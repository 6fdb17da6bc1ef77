"""Kernels that differ only in places are one function, called with the places."""

import pytest

import backlit as bl
from backlit.compile.alike import Kernels
from backlit.compile.body import Code
from backlit.compile.ir import F64, I64, PTR
from backlit.compile.module import build
from backlit.compile.target import WASM, WASM_AT_ONCE
from backlit.network.architecture import Architecture
from backlit.simplify import simplify
from backlit.update.step import phases, training_step

PARAMETERS = (("arena", PTR), ("rows", I64))


def copying(start, to, add=1.0):
    """Return the code of a kernel that reads at one place and writes at another."""
    code = Code()
    arena = code.parameter("arena", PTR)
    value = code.load(code.address(arena, start, 8), F64)
    code.store(value + code.number(add, F64), code.address(arena, to, 8))
    return code


def made(*codes, alike=True):
    kernels = Kernels(PARAMETERS, alike=alike)
    for code in codes:
        kernels.add(code)
    return kernels


def test_places_become_parameters():
    kernels = made(copying(8, 16), copying(24, 40))
    assert len(kernels.functions) == 1
    assert "@kernel0(ptr %arena, i64 %rows, i64 %at0, i64 %at1)" in kernels.functions[0]
    assert kernels.calls == [
        "call void @kernel0(ptr %arena, i64 %rows, i64 8, i64 16)",
        "call void @kernel0(ptr %arena, i64 %rows, i64 24, i64 40)",
    ]


@pytest.mark.parametrize(
    "other",
    [copying(24, 24), copying(24, 40, add=2.0)],
    ids=["writes where it reads", "another number"],
)
def test_kernels_that_differ_in_more_are_two(other):
    kernels = made(copying(8, 16), other)
    assert len(kernels.functions) == 2
    assert [call.split("(")[0] for call in kernels.calls] == [
        "call void @kernel0",
        "call void @kernel1",
    ]


def test_else_each_kernel_is_a_function_with_its_places():
    kernels = made(copying(8, 16), copying(8, 16), alike=False)
    assert len(kernels.functions) == 2
    assert kernels.calls[1] == "call void @kernel1(ptr %arena, i64 %rows)"
    assert "ptr %arena, i64 16" in kernels.functions[1]


@pytest.mark.parametrize("target", [WASM, WASM_AT_ONCE], ids=["each", "alike"])
def test_more_layers_of_one_shape_need_no_more_functions(target):
    def count(layers):
        network = Architecture(2, (*[bl.Dense(8, "tanh")] * layers, bl.Dense(1)))
        graph = simplify(training_step(network, bl.Adam(), 32, counted=True))
        text = build(graph, target, batched=["x", "t"], phases=phases(graph)).text
        return text.count("define ")

    assert (count(9) == count(5)) == target.alike
