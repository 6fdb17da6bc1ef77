"""What is written with `Code` runs and computes what the operators say."""

from __future__ import annotations

import ctypes
import math

import llvmlite.binding as llvm
import numpy as np
import pytest

from backlit.compile.body import Code, function
from backlit.compile.ir import F32, F64, I1, I32, I64, PTR, Type, Value
from backlit.compile.library import link
from backlit.compile.target import assembled, host

DTYPES = {"float": "f4", "double": "f8", "i64": "i8", "i32": "i4", "i1": "u1"}
SCALARS = {
    "i64": ctypes.c_int64,
    "float": ctypes.c_float,
    "double": ctypes.c_double,
}


def run(write, *arrays, type_, result=None):
    """Write a function of loaded vectors, run it, and return its result's lanes."""
    code = Code()
    given = [code.parameter(f"x{n}", PTR) for n in range(len(arrays))]
    out = code.parameter("y", PTR)
    value = write(*(code.load(x, type_) for x in given))
    if value.type.scalar == "i1":
        value = code.convert("zext", value, "i8")
        result = result or np.dtype("u1")
    code.store(value, out)
    call = compiled(code, [(f"x{n}", PTR) for n in range(len(arrays))] + [("y", PTR)])
    inputs = [np.array(x, DTYPES[type_.scalar]) for x in arrays]
    output = np.zeros(value.type.lanes, result or DTYPES[value.type.scalar])
    call(*(x.ctypes.data for x in (*inputs, output)))
    return output


def compiled(code, parameters, result=None):
    """Return a function of the body that was written, as Python calls it."""
    body = function("f", parameters, code, result=result, public=True)
    text = "\n".join([*sorted(code.needs), body])
    types = [SCALARS.get(t.scalar, ctypes.c_void_p) for _, t in parameters]
    returns = SCALARS[result.type.scalar] if result else None
    library = link(assembled(text, host()), "f")
    call = library.function("f", *types, result=returns)
    return lambda *given: (library, call(*given))[1]  # holds the code while it runs


def returned(write, *given):
    """Write a function of 64-bit integers that returns one, and call it."""
    code = Code()
    names = [f"n{i}" for i in range(len(given))]
    value = write(code, *(code.parameter(n, I64) for n in names))
    return compiled(code, [(n, I64) for n in names], value)(*given)


# Types and constants


def test_a_type_is_written_as_llvm_has_it():
    assert str(F32) == "float"
    assert str(Type("double", 4)) == "<4 x double>"
    assert (F32.short, Type("double", 4).short) == ("f32", "v4f64")
    assert Type("float", 8).of("i32") == Type("i32", 8)
    assert (F64.size, Type("float", 8).size, I32.is_float) == (8, 4, False)


FINITE = [0.1, -0.0, 1e-45, 3.4e38, 2.5, 1e-310, 1.7e308]


@pytest.mark.parametrize("lanes", [1, 4])
@pytest.mark.parametrize("value", [*FINITE, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("real", [F32, F64], ids=str)
def test_a_constant_keeps_its_bits(value, real, lanes):
    real = Type(real.scalar, lanes)
    dtype = DTYPES[real.scalar]
    with np.errstate(over="ignore"):
        expected = np.full(lanes, value, dtype)
    found = run(lambda x: x.code.select(x > 1.0, 0.0, x.code.number(value, real)),
                np.zeros(lanes), type_=real)  # fmt: skip
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))


def test_a_float_constant_is_rounded_once_as_numpy_rounds():
    edge = float(np.finfo("f4").max) * (1 + 2.0**-25)  # halfway to the next power
    for value in (edge, np.nextafter(edge, 0), -edge, -np.nextafter(edge, 0)):
        with np.errstate(over="ignore"):
            expected = np.float32(value)

        def constant(x, value=value):
            return x.code.select(x > 1.0, 0.0, x.code.number(value, F32))

        assert run(constant, [0.0], type_=F32)[0] == expected


# Operators


A = [1.5, -2.0, 0.0, 7.25]
B = [0.5, 4.0, -3.0, 2.0]
ARITHMETIC = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "-a": lambda a, _: -a,
    "a + 2": lambda a, _: a + 2.0,
    "2 + a": lambda a, _: 2.0 + a,
    "2 - a": lambda a, _: 2.0 - a,
    "2 * a": lambda a, _: 2.0 * a,
    "2 / b": lambda _, b: 2.0 / b,
}


@pytest.mark.parametrize("real", [F32, F64], ids=str)
@pytest.mark.parametrize("formula", ARITHMETIC)
def test_operators_on_floats_are_those_of_numpy(formula, real):
    of = ARITHMETIC[formula]
    dtype = DTYPES[real.scalar]
    found = run(of, A, B, type_=Type(real.scalar, 4))
    np.testing.assert_array_equal(found, of(np.array(A, dtype), np.array(B, dtype)))


INTEGERS = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a + -3": lambda a, _: a + -3,
    "a & b": lambda a, b: a & b,
    "a | b": lambda a, b: a | b,
    "a ^ b": lambda a, b: a ^ b,
    "a << 3": lambda a, _: a << 3,
}


@pytest.mark.parametrize("whole", [I32, I64], ids=str)
@pytest.mark.parametrize("formula", INTEGERS)
def test_operators_on_integers_are_those_of_numpy(formula, whole):
    of = INTEGERS[formula]
    a, b = [5, -7, 0, 1 << 20], [3, 2, -1, 12345]
    dtype = DTYPES[whole.scalar]
    found = run(of, a, b, type_=Type(whole.scalar, 4))
    np.testing.assert_array_equal(found, of(np.array(a, dtype), np.array(b, dtype)))


def test_a_shift_to_the_right_brings_in_zeros():
    found = run(lambda x: x >> 28, [-1, 1 << 30], type_=Type("i32", 2))
    np.testing.assert_array_equal(found, [15, 4])


COMPARISONS = {
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons_are_those_of_numpy_beside_nan_too(name):
    a = [1.0, 2.0, 3.0, -0.0, np.nan, 1.0, np.nan, np.inf]
    b = [2.0, 2.0, 1.0, 0.0, 1.0, np.nan, np.nan, np.inf]
    found = run(lambda x, y: x.code.compare(name, x, y), a, b, type_=Type("float", 8))
    np.testing.assert_array_equal(found, COMPARISONS[name](a, b))


@pytest.mark.parametrize("name", COMPARISONS)
def test_integers_are_compared_with_their_sign(name):
    a, b = [-1, 1, 2, -5], [1, -1, 2, -4]
    found = run(lambda x, y: x.code.compare(name, x, y), a, b, type_=Type("i64", 4))
    np.testing.assert_array_equal(found, COMPARISONS[name](a, b))


def test_select_takes_numbers_on_either_side():
    x = [1.0, -1.0]
    real = Type("float", 2)
    chosen = run(lambda v: v.code.select(v > 0.0, v, 9.0), x, type_=real)
    np.testing.assert_array_equal(chosen, [1, 9])
    chosen = run(lambda v: v.code.select(v > 0.0, 9.0, v), x, type_=real)
    np.testing.assert_array_equal(chosen, [9, -1])


def test_calls_declare_what_they_need():
    code = Code()
    x = code.parameter("x", Type("float", 4))
    code.fma(x, 2.0, code.call("fabs", x))
    vector = "<4 x float>"
    assert code.needs == {
        f"declare {vector} @llvm.fabs.v4f32({vector})",
        f"declare {vector} @llvm.fmuladd.v4f32({vector}, {vector}, {vector})",
    }


def test_fma_is_a_product_and_a_sum():
    found = run(lambda a, b: a.code.fma(a, b, 1.0), A, B, type_=Type("double", 4))
    np.testing.assert_array_equal(found, np.array(A) * B + 1)


def test_conversions_keep_the_lanes():
    found = run(lambda x: x.code.convert("sitofp", x, "double"), [3, -4],
                type_=Type("i64", 2))  # fmt: skip
    np.testing.assert_array_equal(found, [3.0, -4.0])
    bits = run(lambda x: x.code.convert("bitcast", x, "i32"), [1.0], type_=F32)
    np.testing.assert_array_equal(bits, [0x3F800000])


# Lanes


@pytest.mark.parametrize(("start", "count"), [(0, 4), (0, 1), (1, 2), (3, 1)])
def test_a_part_of_a_vector_is_its_lanes_side_by_side(start, count):
    found = run(lambda v: v.code.part(v, start, count), A, type_=Type("float", 4))
    np.testing.assert_array_equal(found, A[start : start + count])


def test_shuffle_lane_and_splat_move_lanes():
    real = Type("float", 4)
    reversed_ = run(lambda v: v.code.shuffle(v, [3, 2, 1, 0]), A, type_=real)
    np.testing.assert_array_equal(reversed_, A[::-1])
    spread = run(lambda v: v.code.splat(v.code.lane(v, 3), 4), A, type_=real)
    np.testing.assert_array_equal(spread, [A[3]] * 4)
    alone = run(lambda v: v.code.lane(v.code.splat(v, 1), 0), [5.0], type_=F32)
    np.testing.assert_array_equal(alone, [5.0])


def test_memory_is_read_and_written_where_the_address_says():
    code = Code()
    x, y = code.parameter("x", PTR), code.parameter("y", PTR)
    value = code.load(code.address(x, 1, 4), Type("float", 2))  # not aligned to 8
    code.store(value, code.address(y, code.integer(4)))
    source, sink = np.arange(4, dtype="f4"), np.zeros(4, "f4")
    compiled(code, [("x", PTR), ("y", PTR)])(source.ctypes.data, sink.ctypes.data)
    np.testing.assert_array_equal(sink, [0, 1, 2, 0])


# Control


def total_of(code, start, stop, step=1):
    return code.loop(
        start, stop, step, lambda i, sums: [sums[0] + i], [code.integer(0)]
    )[0]


@pytest.mark.parametrize(("start", "stop"), [(0, 5), (2, 5), (5, 5), (7, 5), (-3, 2)])
def test_a_loop_runs_from_start_while_below_stop(start, stop):
    assert returned(total_of, start, stop) == sum(range(start, stop))
    constant = returned(lambda code: total_of(code, start, stop))
    assert constant == sum(range(start, stop))


def test_a_loop_steps():
    assert returned(lambda code, n: total_of(code, 1, n, 3), 11) == 1 + 4 + 7 + 10


def test_loops_carry_several_values_and_nest():
    def body(i, carried):
        a, b = carried
        code = i.code
        inner = code.loop(0, i, 1, lambda _, c: [c[0] + b], [a])
        return [inner[0], b + 1]

    found = returned(
        lambda code, n: code.loop(0, n, 1, body, [code.integer(0), code.integer(10)])[
            0
        ],
        4,
    )
    assert found == sum(i * (10 + i) for i in range(4))


def test_a_branch_inside_a_loop_leaves_the_loop_whole():
    code = Code()
    y, n = code.parameter("y", PTR), code.parameter("n", I64)

    def body(i, counts):
        code.when(i < 2, lambda: code.store(i, code.address(y, i, 8)))
        return [counts[0] + 1]

    (count,) = code.loop(0, n, 1, body, [code.integer(0)])
    call = compiled(code, [("y", PTR), ("n", I64)], count)
    written = np.full(4, -1, "i8")
    assert call(written.ctypes.data, 4) == 4
    np.testing.assert_array_equal(written, [0, 1, -1, -1])


def test_a_function_is_private_unless_public_and_returns_its_result():
    code = Code()
    text = function("g", [("n", I64)], code, result=code.parameter("n", I64))
    assert text.startswith("define internal i64 @g(i64 %n)")
    assert text.rstrip().endswith("ret i64 %n\n}")
    llvm.parse_assembly(text).verify()
    assert "define void @g()" in function("g", [], Code(), public=True)


def test_truth_values_are_bits():
    value = Value("%x", I1, Code())
    assert str((value & 1).type) == "i1"
