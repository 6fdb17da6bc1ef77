"""What the loop around a step does to numbers that are denormal, there and after it."""

import numpy as np
import pytest

import backlit as bl
from backlit.compile.body import Code
from backlit.compile.denormals import flush
from backlit.compile.target import host

TINY = np.array([1e-40], np.float32)  # denormal
flushes = pytest.mark.skipif(
    host().family not in {"x86_64", "aarch64", "arm64"},
    reason="only there denormal numbers are flushed",
)


def faded():
    """Train until Adam's averages of a neuron that died at once have faded away."""
    net = bl.Network(1, [bl.Dense(1, "relu")])
    net.parameters["dense1.weight"] = [[0.5]]
    net.parameters["dense1.bias"] = [0.5]
    net.fit(np.ones((4, 1)), np.zeros(4), optimizer=bl.Adam(1.0), epochs=3000)
    return net.training.optimizer.values()


@flushes
def test_no_denormal_numbers_are_left_in_the_optimizers_state():
    smallest = np.finfo(np.float32).tiny
    for value in faded():
        size = np.abs(value)
        assert not ((size > 0) & (size < smallest)).any()


def test_denormal_numbers_are_as_ever_after_training():
    faded()
    assert (TINY * np.float32(0.5) > 0).all()


def test_each_family_of_processors_restores_what_it_changed():
    for family, count in (("x86_64", 3), ("aarch64", 3), ("wasm32", 0)):
        code = Code()
        restore = flush(code, family)
        restore()
        assert sum("@llvm." in line for line in code.lines) == count
