"""Every elementwise operation as machine code, against NumPy and mpmath.

Floats are measured on about a million, evenly taken from all bit patterns, doubles on
thousands in 50 digits; in each case on this processor and on one without fused
multiplication, if this machine can be one. The unit is the ulp of the exact result.
"""

from __future__ import annotations

import ctypes
import dataclasses
import platform
import re
from functools import lru_cache

import llvmlite.binding as llvm
import mpmath as mp
import numpy as np
import pytest
import scipy.special
from records import arrays_of, generator, traced

from backlit.compile import floats
from backlit.compile.body import Code, function
from backlit.compile.coefficients import DOUBLE, FLOAT, PRECISIONS
from backlit.compile.functions import FUNCTIONS
from backlit.compile.ir import F32, F64, I1, I64, PTR, Type
from backlit.compile.library import link
from backlit.compile.target import WASM, Target, assembled, host
from backlit.graph import OPS

DTYPES = {"float": "f4", "double": "f8", "i64": "i8", "i1": "u1"}
REALS = [F32, F64]
PLAIN = Target(host().triple, "x86-64", "", 16, 16)
ARM = Target("aarch64-unknown-linux-gnu", "generic", "+neon", 16, 32)
X86 = platform.machine().lower() in {"x86_64", "amd64"}
TARGETS = [host(), PLAIN] if X86 else [host()]
TARGET_NAMES = ["host", "no-fma"][: len(TARGETS)]
on_targets = pytest.mark.parametrize("target", TARGETS, ids=TARGET_NAMES)
in_both = pytest.mark.parametrize("real", REALS, ids=str)

ATTRIBUTES = {
    "clip": {"low": -1.0, "high": 0.5},
    "elu": {"alpha": 0.7},
    "leaky_relu": {"slope": 0.01},
}


# Running a function on arrays


def kernel(name, inputs, lanes, attributes):
    """Return code that applies a function to arrays, and the scalar it gives."""
    code = Code()
    names = [f"x{n}" for n in range(len(inputs))]
    pointers = [code.parameter(n, PTR) for n in (*names, "y")]
    given = []

    def loaded(at, scalar, i):
        stored = Type("i8" if scalar == "i1" else scalar, lanes)
        x = code.load(code.address(at, i, stored.size), stored)
        return code.compare("ne", x, 0) if scalar == "i1" else x

    def body(i, _):
        x = [loaded(*pair, i) for pair in zip(pointers, inputs, strict=False)]
        y = FUNCTIONS[name](*x, **attributes)
        given.append(y.type.scalar)
        y = code.convert("zext", y, "i8") if y.type.scalar == "i1" else y
        code.store(y, code.address(pointers[-1], i, y.type.size))
        return []

    code.loop(0, code.parameter("n", I64), lanes, body)
    parameters = [(n, PTR) for n in (*names, "y")] + [("n", I64)]
    text = function("f", parameters, code, public=True)
    return "\n".join([*sorted(code.needs), text]), given[0]


def applied(name, arrays, real=F32, *, target=None, lanes=None, **attributes):
    """Run a function on arrays of one shape; floats are cast to the type."""
    target = target or host()
    lanes = lanes or target.width // real.size
    scalars = [{"b": "i1", "i": "i64"}.get(x.dtype.kind, real.scalar) for x in arrays]
    text, gives = kernel(name, scalars, lanes, attributes)
    count = -(-arrays[0].size // lanes) * lanes
    data = [np.zeros(count, DTYPES[s]) for s in scalars]
    for room, x in zip(data, arrays, strict=True):
        room[: x.size] = x.ravel()
    y = np.empty(count, DTYPES[gives])
    library = link(assembled(text, target), "f")
    pointers = [ctypes.c_void_p] * (len(data) + 1)
    run = library.function("f", *pointers, ctypes.c_int64)
    run(*(x.ctypes.data for x in (*data, y)), count)
    return y[: arrays[0].size].reshape(arrays[0].shape)


def attributes_for(name, real):
    return {"to": real} if name == "to_float" else ATTRIBUTES.get(name, {})


# Every operation


PRIMITIVES = {op.name for op in OPS.values() if op.elementwise and not op.derived}
SAMPLES = [
    pytest.param(OPS[name], sample, id=f"{name}-{n}")
    for name in sorted(PRIMITIVES)
    for n, sample in enumerate(OPS[name].samples)
    if not sample.error
]


def test_there_is_a_function_for_every_elementwise_primitive():
    assert set(FUNCTIONS) == PRIMITIVES


@in_both
@pytest.mark.parametrize(("op", "sample"), SAMPLES)
def test_samples_give_what_the_operation_gives(op, sample, real):
    dtype = DTYPES[real.scalar]
    arrays = np.broadcast_arrays(*arrays_of(sample, generator(op, sample)))
    arrays = [x.astype(dtype) if x.dtype.kind == "f" else x for x in arrays]
    expected = op(*arrays, **sample.attributes)
    attributes = dict(traced(op, sample, arrays)[1].attributes)
    attributes |= {"to": real} if op.name == "to_float" else {}
    assert_near(expected, applied(op.name, arrays, real, **attributes))
    assert_near(expected, applied(op.name, arrays, real, lanes=1, **attributes))


def assert_near(expected, found):
    tolerance = 4 * np.finfo(found.dtype).eps if found.dtype.kind == "f" else 0
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=0)


SPECIAL = [0.0, 1.0, 0.5, 1.5, 2.0, 3.0, 1e-40, 5e-324, 1e-310, 1e30, 2.0**52, np.inf]
SPECIAL = np.array([*SPECIAL, *(-x for x in SPECIAL), np.nan])
UNARY = [n for n in sorted(PRIMITIVES) if len(OPS[n].parameters) == 1]
BINARY = [n for n in sorted(PRIMITIVES) if len(OPS[n].parameters) == 2]


def expected_of(name, arrays):
    with np.errstate(all="ignore"):
        return OPS[name].function(*arrays, **ATTRIBUTES.get(name, {}))


@in_both
@on_targets
@pytest.mark.parametrize("name", [n for n in UNARY if n != "to_float"])
def test_special_numbers_give_what_numpy_gives(name, target, real):
    x = np.array(SPECIAL, DTYPES[real.scalar])
    if name in {"sin", "cos"} and real == F64:
        x = x[~(np.abs(x) > 2e8)]
    y = applied(name, [x], real, target=target, **attributes_for(name, real))
    expected = expected_of(name, [x])
    assert_near(expected, y)
    if name in {"floor", "log1p", "neg", "sin", "sqrt", "tanh", "erf"}:
        known = ~np.isnan(expected)
        np.testing.assert_array_equal(np.signbit(y[known]), np.signbit(expected[known]))


@in_both
@on_targets
@pytest.mark.parametrize("name", BINARY)
def test_pairs_of_special_numbers_give_what_numpy_gives(name, target, real):
    values = np.array(SPECIAL, DTYPES[real.scalar])
    a, b = (x.ravel() for x in np.meshgrid(values, values))
    y = applied(name, [a, b], real, target=target)
    expected = expected_of(name, [a, b])
    assert_near(expected, y)
    if name in {"pow", "mul", "div"}:
        known = ~np.isnan(expected)
        np.testing.assert_array_equal(np.signbit(y[known]), np.signbit(expected[known]))


def test_where_takes_the_chosen_side_even_beside_nan():
    condition = np.array([True, False, True])
    a, b = np.array([1.0, np.nan, np.nan]), np.array([np.nan, 2.0, 3.0])
    np.testing.assert_array_equal(applied("where", [condition, a, b]), [1, 2, np.nan])


def test_large_integers_become_the_nearest_float():
    n = np.array([2**53 + 1, -(2**62) - 1, 16777217, -1])
    np.testing.assert_array_equal(applied("to_float", [n], F32, to=F32), n.astype("f4"))
    np.testing.assert_array_equal(applied("to_float", [n], F64, to=F64), n.astype("f8"))


# Accuracy in float


def logistic(x):
    return scipy.special.expit(x)


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def elu(x):
    return np.where(x > 0, x, ATTRIBUTES["elu"]["alpha"] * np.expm1(np.minimum(x, 0)))


FLOAT_CASES = {  # the reference in double, and the error that the docstring states
    "cos": (np.cos, 1.7),
    "elu": (elu, 2.0),
    "erf": (scipy.special.erf, 2.7),
    "exp": (np.exp, 1.1),
    "floor": (np.floor, 0.0),
    "log": (np.log, 0.9),
    "log1p": (np.log1p, 1.4),
    "sigmoid": (logistic, 3.2),
    "sin": (np.sin, 1.7),
    "softplus": (softplus, 3.0),
    "sqrt": (np.sqrt, 0.5),
    "tanh": (np.tanh, 2.6),
}


@lru_cache
def many_floats():
    """Return floats of every exponent and both signs, NaN too, and their neighbours."""
    patterns = np.arange(0, 2**32, 4093, dtype="u8").astype("u4")
    special = np.array(SPECIAL, "f4").view("u4")
    near = special[:, None] + np.arange(-64, 65).astype("u4")
    return np.concatenate([patterns, near.ravel()]).view("f4")


def float_errors(found, exact):
    """Return errors in ulp of the exact results; infinite where only one is NaN."""
    rounded = exact.astype("f4")
    exponent = (rounded.view("u4") >> 23).astype("i4") & 255
    ulp = np.ldexp(1.0, np.maximum(exponent, 1) - 150)
    errors = np.abs(found - exact) / ulp
    errors[(found == rounded) & ~np.isfinite(errors)] = 0
    errors[np.isnan(found) & np.isnan(rounded)] = 0
    return np.nan_to_num(errors, nan=np.inf)


def check_float(name, target):
    reference, bound = FLOAT_CASES[name]
    x = many_floats()
    y = applied(name, [x], F32, target=target, **ATTRIBUTES.get(name, {}))
    with np.errstate(all="ignore"):
        errors = float_errors(y, reference(x.astype("f8")))
    worst = errors.argmax()
    assert errors[worst] <= bound, f"{errors[worst]:.2f} ulp at {x[worst]!r}"


@on_targets
@pytest.mark.parametrize("name", FLOAT_CASES)
def test_float_is_as_accurate_as_stated(name, target):
    check_float(name, target)


@on_targets
def test_powers_of_floats_are_as_accurate_as_stated(target):
    random = np.random.default_rng(0)
    x = np.exp2(random.uniform(-149, 128, 500_000)).astype("f4")
    y = (random.uniform(-104, 89, x.size) / np.log(x.astype("f8"))).astype("f4")
    power = applied("pow", [x, y], F32, target=target)
    with np.errstate(all="ignore"):
        assert float_errors(power, np.power(x.astype("f8"), y)).max() <= 0.51


# Accuracy in double


DOUBLE_CASES = {
    "cos": (mp.cos, 2.0),
    "elu": (lambda x: x if x > 0 else mp.mpf(0.7) * mp.expm1(x), 2.0),
    "erf": (mp.erf, 5.0),
    "exp": (mp.exp, 1.0),
    "log": (mp.log, 1.0),
    "log1p": (mp.log1p, 1.5),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), 2.9),
    "sin": (mp.sin, 2.0),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), 2.5),
    "sqrt": (mp.sqrt, 0.5),
    "tanh": (mp.tanh, 2.2),
}


@lru_cache
def some_doubles(name):
    """Return doubles of every size, and more of them where the function bends."""
    random = np.random.default_rng(1)
    signs = random.choice([-1.0, 1.0], 300)
    x = np.concatenate([
        signs * np.exp2(random.uniform(-1074, 1023.9, 300)),
        signs * np.exp2(random.uniform(-30, 4, 300)),
        signs + random.choice([-1.0, 1.0], 300) * np.exp2(random.uniform(-53, 0, 300)),
        random.uniform(-8, 8, 600),
        random.uniform(-750, 715, 500),
        np.nextafter(random.choice([1, 2**0.5, 0.5**0.5, 22.0], 20), 0),
        random.integers(1, 2**26, 300) * (np.pi / 2),
    ])  # fmt: skip
    if name in {"sin", "cos"}:
        return x[np.abs(x) < 2e8]
    return {"log": np.abs(x), "sqrt": np.abs(x), "log1p": x[x > -1]}.get(name, x)


def double_errors(found, exact):
    """Return errors in ulp of exact results in mpmath's numbers."""
    largest = np.finfo("f8").max
    exponents = np.frexp(np.array(exact, "f8"))[1]
    ulps = np.ldexp(1.0, np.maximum(exponents - 53, -1074))
    return np.array([
        float(abs(mp.mpf(y) - e) / mp.mpf(u)) if abs(e) <= largest else
        0.0 if np.isinf(y) else np.inf
        for y, e, u in zip(found.tolist(), exact, ulps.tolist(), strict=True)
    ])  # fmt: skip


def check_double(name, target):
    reference, bound = DOUBLE_CASES[name]
    x = some_doubles(name)
    y = applied(name, [x], F64, target=target, **ATTRIBUTES.get(name, {}))
    with mp.workdps(50):
        errors = double_errors(y, [reference(mp.mpf(v)) for v in x.tolist()])
    worst = errors.argmax()
    assert errors[worst] <= bound, f"{errors[worst]:.2f} ulp at {x[worst]!r}"


@on_targets
@pytest.mark.parametrize("name", DOUBLE_CASES)
def test_double_is_as_accurate_as_stated(name, target):
    check_double(name, target)


@on_targets
def test_powers_of_doubles_are_as_accurate_as_stated(target):
    random = np.random.default_rng(2)
    x = np.concatenate([
        np.exp2(random.uniform(-1074, 1023.9, 600)),
        random.uniform(0.6, 1.6, 600),
        random.uniform(1.40, 1.4143, 600),
    ])  # fmt: skip
    y = random.uniform(-740, 709, x.size) / np.log(x)
    power = applied("pow", [x, y], F64, target=target)
    with mp.workdps(50):
        exact = [mp.mpf(a) ** mp.mpf(b) for a, b in zip(x.tolist(), y, strict=True)]
        assert double_errors(power, exact).max() <= 7


def test_sine_of_a_double_too_large_to_reduce_is_nan():
    x = np.array([2.2e8, -1e300, 2.1e8])
    for name in ("sin", "cos"):
        np.testing.assert_array_equal(np.isnan(applied(name, [x], F64)), [1, 1, 0])


# The tests can fail


WRONG = [
    ("exp", "exp"),
    ("ln2", "exp"),
    ("log", "log"),
    ("log1p", "softplus"),
    ("sin", "sin"),
    ("cos", "cos"),
    ("erf", "erf"),
    ("erfc", "erf"),
]


@pytest.mark.parametrize(("field", "name"), WRONG)
def test_a_wrong_coefficient_is_seen(field, name, monkeypatch):
    for real, eps, check in (
        (FLOAT, 2.0**-24, check_float),
        (DOUBLE, 2.0**-53, check_double),
    ):
        first, *others = getattr(real, field)
        wrong = dataclasses.replace(real, **{field: (first * (1 + 512 * eps), *others)})
        scalar = "float" if real is FLOAT else "double"
        monkeypatch.setitem(floats.PRECISIONS, scalar, wrong)
        with pytest.raises(AssertionError, match="ulp at"):
            check(name, host())
        monkeypatch.setitem(PRECISIONS, scalar, real)


# The code is inline everywhere


INLINE = [host(), PLAIN, ARM, WASM]
CALL = re.compile(
    r"^\s+(?:call\w*|jmp|bl?|return_call)\s+\*?([A-Za-z_]\w*)", re.MULTILINE
)


def assembly(text, target):
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    made = llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=2, codemodel="small"
    )
    module = llvm.parse_assembly(text)
    module.triple = target.triple
    module.data_layout = str(made.target_data)
    return made.emit_assembly(module)


def inputs_of(name, real):
    takes = OPS[name].takes
    kinds = takes + takes[-1:] * (len(OPS[name].parameters) - len(takes))
    scalars = {"bool": "i1", "float": real.scalar, "any": "i64"}
    return [scalars[kind] for kind in kinds]


@pytest.mark.parametrize("target", INLINE, ids=["host", "sse2", "neon", "wasm"])
def test_no_function_calls_another(target):
    for real in REALS:
        for name in FUNCTIONS:
            for lanes in (1, target.width // real.size):
                extra = attributes_for(name, real)
                text, _ = kernel(name, inputs_of(name, real), lanes, extra)
                assert not CALL.findall(assembly(text, target)), name


@pytest.mark.parametrize("target", INLINE, ids=["host", "sse2", "neon", "wasm"])
def test_a_call_of_another_function_is_seen(target, monkeypatch):
    monkeypatch.setitem(FUNCTIONS, "exp", lambda x: x.code.call("exp", x))
    text, _ = kernel("exp", ["float"], 4, {})
    assert set(CALL.findall(assembly(text, target))) == {"expf"}


@in_both
def test_the_code_has_no_branches(real):
    for name in FUNCTIONS:
        code = Code()
        lanes = 4
        x = [code.parameter(f"x{n}", Type(s, lanes))
             for n, s in enumerate(inputs_of(name, real))]  # fmt: skip
        result = FUNCTIONS[name](*x, **attributes_for(name, real))
        assert not [line for line in code.lines if re.match(r"\s+br |\S+:", line)]
        assert result.type.lanes == lanes
        assert result.type in {Type(real.scalar, lanes), I1._replace(lanes=lanes)}
