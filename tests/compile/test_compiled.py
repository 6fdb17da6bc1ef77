"""Programs found again by what was asked for, and never a wrong one."""

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace

import numpy as np
import pytest

import backlit as bl
from backlit.compile import compiled as module
from backlit.compile import evaluation, training
from backlit.compile.compiled import requested
from backlit.graph import OPS
from backlit.network.architecture import Architecture
from backlit.train.fit import fit
from backlit.train.plan import Plan
from backlit.train.samples import samples
from backlit.train.state import TrainingState
from backlit.update.optimizers import SGD

A = Architecture(3, [bl.Dense(4, "tanh"), bl.Dense(1)], l2=0.1)
ABOUT = {
    "architecture": A,
    "optimizer": bl.Adam(bl.Cosine(0.1, 9)),
    "size": 8,
    "weighted": False,
    "dtype": "float32",
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "sources", lambda: "as they are")
    return tmp_path / "cache"


@pytest.fixture
def made(monkeypatch):
    """Note which programs are made, not found."""
    from backlit.compile import step

    make, seen = step.training, []

    def noted(*given, **options):
        seen.append(given)
        return make(*given, **options)

    monkeypatch.setattr(step, "training", noted)
    return seen


def program(**changes):
    training.compiled.cache_clear()
    about = ABOUT | changes
    return training.compiled(
        about["architecture"],
        about["optimizer"],
        about["size"],
        weighted=about["weighted"],
        dtype=about["dtype"],
    )


def test_program_comes_from_the_cache_as_it_was_made(made):
    first, second = program(), program()
    assert len(made) == 1
    for name in first.__struct_fields__:
        assert getattr(first, name) == getattr(second, name), name


CHANGES = (
    {"architecture": replace(A, l2=0.2)},
    {"architecture": replace(A, layers=(bl.Dense(4, "relu"), bl.Dense(1)))},
    {"architecture": replace(A, loss="mae")},
    {"optimizer": bl.Adam(bl.Cosine(0.1, 8))},
    {"optimizer": bl.AdamW(bl.Cosine(0.1, 9))},
    {"optimizer": bl.Adam(0.1)},
    {"size": 9},
    {"weighted": True},
    {"dtype": "float64"},
)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_another_request_is_another_program(change, made):
    program()
    program(**change)
    assert len(made) == 2


@pytest.mark.parametrize(
    ("owner", "value"),
    [
        ("sources", lambda: "edited"),
        ("sources", lambda: None),
        ("compiler", lambda: "another LLVM"),
        ("processor", lambda: "another processor"),
        ("RECIPE", "another"),
    ],
)
def test_other_sources_llvm_or_processor_make_it_anew(owner, value, made, monkeypatch):
    program()
    monkeypatch.setattr(module, owner, value)
    if owner == "processor":
        monkeypatch.setattr(module, "takes_images", lambda: True)
    program()
    assert len(made) == 2


@dataclass(frozen=True)
class Mine(SGD):
    def rule(self, w, g, state, step, rate):
        del state, step
        return w - FACTOR[0] * rate * g, {}


FACTOR = [1.0]


def test_an_optimizer_of_ones_own_may_change_and_is_made_each_time(made):
    for factor in (1.0, 2.0):
        FACTOR[0] = factor
        program(optimizer=Mine(0.1))
    assert len(made) == 2
    X = np.ones((4, 3))
    moved = []
    for factor in (1.0, 2.0):
        FACTOR[0] = factor
        training.compiled.cache_clear()
        state = TrainingState(A.initial(0))
        plan = Plan(Mine(0.1), epochs=1, batch_size=4)
        fit(A, state, samples(A, X, X[:, :1]), plan)
        first = A.initial(0)["dense2.bias"].astype("f4")
        moved.append(float((state.parameters["dense2.bias"] - first)[0]))
    assert moved[1] == pytest.approx(2 * moved[0], rel=1e-5)


def test_with_an_operation_of_ones_own_nothing_is_taken_by_its_name(made, monkeypatch):
    program()
    own = replace(OPS["tanh"], function=lambda x: x)
    monkeypatch.setitem(OPS, "tanh", own)
    program()
    assert len(made) == 2


def test_what_is_stored_but_no_program_is_made_anew(made, monkeypatch):
    first = program()
    monkeypatch.setattr(module, "entry", lambda _: b"\x93\x01\x02\x03")
    assert program().machine == first.machine
    assert len(made) == 2


def test_description_is_whole_or_none():
    assert module._described((1, "a", None)) == "tuple(1, 'a', None)"
    assert "l2=" not in module._described(A)
    assert "0.1" in module._described(A)
    assert module._described(np.float64(0.5)) is None
    assert module._described((1, np.array([1]))) is None
    assert module._described(Mine(0.1)) is None


def test_without_a_cache_programs_are_made(made, monkeypatch):
    monkeypatch.setenv("BACKLIT_CACHE", "off")
    for _ in range(2):
        program()
    assert len(made) == 2


def test_requests_of_different_kinds_do_not_meet():
    makes = [program, lambda: evaluation.compiled(A, dtype="float32")]
    first = requested(makes[0], "one", A)
    second = requested(makes[1], "two", A)
    assert first.layout.keys() != second.layout.keys()


@pytest.mark.skipif(not module.takes_images(), reason="elsewhere LLVM links")
def test_a_stored_program_is_run_without_loading_llvm(folder):
    code = """
        import sys
        import numpy as np
        import backlit as bl
        X = np.random.default_rng(0).normal(size=(30, 2))
        net = bl.Network(2, [bl.Dense(3, "tanh"), bl.Dense(1)])
        net.fit(X, X[:, :1], epochs=3, validation=0.2, early_stopping=2)
        print("llvmlite" in sys.modules, net.predict(X).tobytes().hex())
    """
    found = [
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", textwrap.dedent(code)],
            env={**os.environ, "BACKLIT_CACHE": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    assert [loaded for loaded, _ in found] == ["True", "False"]
    assert found[0][1] == found[1][1]
