"""Contractions on numbers that are exact in any order, against NumPy."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import DTYPES, TARGETS, run

import backlit as bl
from backlit.compile import contraction, dots, factors
from backlit.graph import Graph, input_node

# Around the lanes of all vectors and the rows of a tile.
SIZES = (1, 2, 3, 4, 7, 8, 9, 12, 13, 15, 16, 17, 31, 33)
ON_TARGETS = pytest.mark.parametrize("target", TARGETS)
IN_BOTH = pytest.mark.parametrize("dtype", DTYPES)
CASES = ("mk,kn->mn", "km,kn->mn", "mk,nk->mn", "km,nk->mn")
MANY = (  # more letters of each sort, and none of some
    *("k,k->", "m,n->mn", "mk,k->m", "k,kn->n", "bk,bk->b", "b,b->b", "mkl,kln->mn"),
    *("klm,nlk->nm", "bmk,bkn->bmn", "bmk,bnk->nbm", "mbk,kn->bmn", "bkm,bkn->mn"),
    *("abmk,kbn->nabm", "lmbk,nkbl->bnm", "mnk,kp->pnm", ",n->n", "mk,->mk", ",->"),
)


def whole_numbers(draw, shape):
    """Return floats whose products and sums every precision holds."""
    return draw.integers(-3, 4, shape).astype(float)


def arrays(spec, sizes):
    draw = np.random.default_rng(0)
    sides = spec.split("->")[0].split(",")
    return [whole_numbers(draw, [sizes[x] for x in side]) for side in sides]


def check(spec, sizes, dtype, target="host", exchanged=()):
    a, b = arrays(spec, sizes)
    nodes = {"a": input_node("a", a.shape), "b": input_node("b", b.shape)}
    y = bl.contract(*nodes.values(), spec=spec)
    graph = Graph(nodes, {"y": y, "after": bl.relu(y - 1.0)})
    found = run(graph, {"a": a, "b": b}, dtype, TARGETS[target], exchanged=exchanged)
    expected = np.einsum(spec, a, b)
    np.testing.assert_array_equal(found["y"], expected)
    np.testing.assert_array_equal(found["after"], np.maximum(expected - 1, 0))


@ON_TARGETS
@IN_BOTH
@pytest.mark.parametrize("spec", CASES)
def test_all_orders_of_rows_and_columns_are_right(spec, dtype, target):
    draw = np.random.default_rng(0)
    for _ in range(3):
        sizes = dict(zip("mkn", draw.choice(SIZES, 3).tolist(), strict=True))
        check(spec, sizes, dtype, target)


@pytest.mark.slow
@ON_TARGETS
def test_all_sizes_around_vectors_and_tiles_are_right(target):
    turns = zip(
        itertools.product(SIZES, SIZES),
        itertools.cycle(CASES),
        itertools.cycle((*DTYPES, "float32", "float32", "float64")),
        itertools.cycle(SIZES[1:]),
        strict=False,
    )
    for (m, n), spec, dtype, k in itertools.islice(turns, 0, None, 3):
        check(spec, {"m": m, "k": k, "n": n}, dtype, target)


@IN_BOTH
@pytest.mark.parametrize("spec", MANY)
def test_any_number_of_letters_is_right(spec, dtype):
    draw = np.random.default_rng(0)
    for _ in range(2):
        sizes = dict(zip("abklmnp", draw.choice(SIZES[:9], 7).tolist(), strict=True))
        check(spec, sizes, dtype)


@st.composite
def specifications(draw):
    """Draw letters for a, b and the result, each in two of them or all three."""
    kinds = draw(st.lists(st.sampled_from(("ab", "ay", "by", "aby")), max_size=6))
    sides = {
        side: draw(
            st.permutations(
                [x for x, k in zip("ijklmn", kinds, strict=False) if side in k]
            )
        )
        for side in "aby"
    }
    spec = "{a},{b}->{y}".format(**{s: "".join(v) for s, v in sides.items()})
    sizes, left = {}, 20_000  # multiplications
    for letter in "ijklmn"[: len(kinds)]:
        sizes[letter] = draw(st.sampled_from([n for n in SIZES if n <= left]))
        left //= sizes[letter]
    return spec, sizes


@ON_TARGETS
@settings(max_examples=40)
@given(case=specifications(), dtype=st.sampled_from(DTYPES), data=st.data())
def test_random_contraction_is_that_of_numpy(target, case, dtype, data):
    spec, sizes = case
    sides = spec.split("->")[0].split(",")
    tables = [x for x, side in zip("ab", sides, strict=True) if len(side) == 2]
    exchanged = data.draw(st.sets(st.sampled_from(tables))) if tables else set()
    check(spec, sizes, dtype, target, exchanged)


@ON_TARGETS
@IN_BOTH
@pytest.mark.parametrize(
    "spec", ["k,k->", "mk,k->m", "k,mk->m", "bk,bk->b", "lk,mlk->m"]
)
def test_sums_along_memory_are_right_at_every_length(spec, dtype, target):
    for size in (1, 2, 3, 7, 8, 13, 16, 17, 31, 64, 67, 95, 131):
        check(spec, {"k": size, "m": 5, "b": 3, "l": 3}, dtype, target)


def test_a_single_column_needs_no_copy_of_the_table(monkeypatch):
    monkeypatch.setattr(factors.Panels, "copy", None)
    check("k,nk->n", {"n": 40, "k": 33}, "float32")
    check("k,kn->n", {"n": 40, "k": 33}, "float32")
    check("ok,nk->no", {"o": 1, "n": 40, "k": 33}, "float32")


# What large sizes bring, at small ones


@pytest.fixture
def everything_is_large(monkeypatch):
    """Copy every factor into panels, and cut rows into blocks of a tile."""
    monkeypatch.setattr(contraction, "NEAR", 0)
    monkeypatch.setattr(contraction, "OFTEN", 1)
    monkeypatch.setattr(contraction, "FAR", 1)
    monkeypatch.setattr(dots, "UNROLLED", 4)


@pytest.mark.usefixtures("everything_is_large")
@ON_TARGETS
@pytest.mark.parametrize("spec", [*CASES, "bmk,bkn->bmn", "mkl,kln->mn"])
def test_panels_and_blocks_are_right_at_every_border(spec, target):
    draw = np.random.default_rng(1)
    for dtype in DTYPES:
        for n in (33, 65):
            sizes = dict(zip("bklm", draw.choice(SIZES, 4).tolist(), strict=True))
            check(spec, sizes | {"n": n, "b": 3, "l": 5}, dtype, target)


@pytest.mark.parametrize("spec", CASES)
def test_products_of_large_tables_are_right(spec):
    check(spec, {"m": 300, "k": 257, "n": 301}, "float32")


def test_tall_product_is_cut_into_blocks():
    assert contraction.FAR < 4 * 700 * 500
    check("mk,kn->mn", {"m": 700, "k": 500, "n": 70}, "float32")


def test_fractions_are_as_near_as_their_number_allows():
    draw = np.random.default_rng(0)
    a, b = draw.normal(size=(40, 500)), draw.normal(size=(500, 50))
    graph = bl.trace_function(lambda a, b: a @ b, a, b)
    for dtype in DTYPES:
        found = run(graph, {"a": a, "b": b}, dtype)["output"]
        terms = np.abs(a) @ np.abs(b)
        bound = np.finfo(dtype).eps * terms * 500**0.5
        assert (np.abs(found - a @ b) <= bound).all()


# Factors that are read through views, and what is computed behind a product


@IN_BOTH
@ON_TARGETS
@pytest.mark.parametrize("columns", [1, 3, 16, 19])
def test_factors_may_be_views_of_others(columns, dtype, target):
    draw = np.random.default_rng(columns)
    x, w = whole_numbers(draw, (9, 11)), whole_numbers(draw, (columns + 4, 22))
    graph = bl.trace_function(
        lambda x, w: (
            x[1:, ::2] @ bl.transpose(w)[3:9, 2 : columns + 2]
            + bl.broadcast_to(x[:1, :6], shape=(8, 6)) @ w[:columns, 5:11].T
            + bl.reshape(x[8, :8], shape=(8, 1))
            @ bl.reshape(w[:columns, 0], shape=(1, -1))
        ),
        x,
        w,
    )
    expected = (
        x[1:, ::2] @ w.T[3:9, 2 : columns + 2]
        + np.broadcast_to(x[:1, :6], (8, 6)) @ w[:columns, 5:11].T
        + x[8, :8, None] @ w[:columns, 0][None]
    )
    found = run(graph, {"x": x, "w": w}, dtype, TARGETS[target])["output"]
    np.testing.assert_array_equal(found, expected)


@IN_BOTH
@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (8, 16), (13, 23), (40, 70)])
def test_work_behind_a_product_reads_and_stores_its_rows(shape, dtype):
    draw = np.random.default_rng(0)
    rows, columns = shape
    given = {
        "a": whole_numbers(draw, (rows, 6)),
        "b": whole_numbers(draw, (6, columns)),
        "bias": whole_numbers(draw, columns),
        "scale": whole_numbers(draw, (rows, 1)),
        "other": whole_numbers(draw, shape),
    }
    nodes = {name: input_node(name, x.shape) for name, x in given.items()}
    product = nodes["a"] @ nodes["b"]
    outputs = {
        "sum": product + nodes["bias"],
        "scaled": (product + nodes["bias"]) * nodes["scale"] - nodes["other"],
        "where": bl.where(product > 0, product, nodes["other"]),
    }
    found = run(Graph(nodes, outputs), given, dtype)
    y = given["a"] @ given["b"]
    total = y + given["bias"]
    assert (found["sum"] == total).all()
    assert (found["scaled"] == total * given["scale"] - given["other"]).all()
    assert (found["where"] == np.where(y > 0, y, given["other"])).all()


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize(
    ("place", "name", "fault"),
    [
        (factors.Panels, "columns", 8),
        (contraction, "_needs_panels", lambda _: False),
    ],
    ids=["panels of another width", "no panels"],
)
def test_panels_with_a_fault_are_seen(place, name, fault, monkeypatch):
    sizes = {"m": 9, "k": 7, "n": 40}
    check("mk,nk->mn", sizes, "float32")
    if place is factors.Panels:
        monkeypatch.setattr(factors.Panels, "copy", wrong_copy)
    else:
        monkeypatch.setattr(place, name, fault)
    with pytest.raises(AssertionError):
        check("mk,nk->mn", sizes, "float32")


def wrong_copy(self, scratch, real=factors.Panels.copy):
    copied = real(self, scratch)
    return factors.Factor(copied.start, {**copied.strides, self.n: 1})
