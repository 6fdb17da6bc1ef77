"""Code as images: what the linker would make of it, or nothing."""

import ctypes
import sys
from pathlib import Path

import numpy as np
import pytest
from networks import NETWORKS

import backlit as bl
from backlit.compile import evaluation, library, training
from backlit.compile.image import PAGE, image
from backlit.compile.library import Machine, link, load, machine_code, takes_images
from backlit.compile.target import WASM, assembled, host

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or host().family != "x86_64", reason="images are for that"
)

# a constant, a call within, and a table
TEXT = """
@table = internal constant [3 x double] [double 2.0, double 3.0, double 5.0]
define internal double @twice(double %x) noinline {
  %y = fmul double %x, 2.0
  ret double %y
}
define double @f(i64 %n, double %x) nounwind {
  %at = getelementptr [3 x double], ptr @table, i64 0, i64 %n
  %a = load double, ptr %at
  %b = call double @twice(double %x)
  %c = fmul double %a, %b
  %d = fadd double %c, 0.1
  ret double %d
}
"""
OUTSIDE = """
declare double @hypot(double, double)
define double @f(double %x) nounwind {
  %y = call double @hypot(double %x, double 4.0)
  ret double %y
}
"""
SYSTEM = """
declare i32 @sem_post(ptr)
declare i32 @sem_trywait(ptr)
define i32 @f(ptr %semaphore) nounwind {
  %posted = call i32 @sem_post(ptr %semaphore)
  %first = call i32 @sem_trywait(ptr %semaphore)
  %second = call i32 @sem_trywait(ptr %semaphore)
  %both = mul i32 %second, 10
  %said = add i32 %first, %both
  ret i32 %said
}
"""
VARIABLE = "@n = global i64 3\ndefine ptr @f() nounwind {\n  ret ptr @n\n}\n"


def call(code):
    function = code.function(
        "f", ctypes.c_int64, ctypes.c_double, result=ctypes.c_double
    )
    return [function(n, 1.5) for n in range(3)]


def test_image_does_what_linked_code_does():
    code = assembled(TEXT, host())
    machine = machine_code(code, "f")
    assert list(machine.entries) == ["f"]
    assert machine.code % PAGE == 0
    linked = load(Machine(code, 0, {}, {}, ("f",)))
    assert call(load(machine)) == call(linked) == [6.1, 9.1, 15.1]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_training_program_is_an_image(network, dtype):
    a = NETWORKS[network]
    program = training.compiled(a, bl.Adam(0.01), 16, weighted=True, dtype=dtype)
    assert program.machine.entries
    assert evaluation.compiled(a, dtype=dtype).machine.entries


@pytest.mark.parametrize("text", [OUTSIDE, VARIABLE], ids=["outside", "variable"])
def test_what_reaches_outside_is_left_to_the_linker(text):
    code = assembled(text, host())
    found = image(code)
    assert found is None or "f" not in found.entries or text is VARIABLE
    if text is OUTSIDE:
        assert found is None
        assert not machine_code(code, "f").entries
        function = link(code, "f").function(
            "f", ctypes.c_double, result=ctypes.c_double
        )
        assert function(3.0) == 5.0


def test_functions_that_threads_wait_by_are_called_from_an_image():
    machine = machine_code(assembled(SYSTEM, host()), "f")
    assert machine.entries
    assert sorted(machine.outside) == ["sem_post", "sem_trywait"]
    semaphore = ctypes.create_string_buffer(64)
    assert ctypes.CDLL(None).sem_init(semaphore, 0, 0) == 0
    function = load(machine).function("f", ctypes.c_void_p, result=ctypes.c_int)
    assert function(ctypes.addressof(semaphore)) == -10  # posted once, taken once


def test_code_for_another_processor_is_no_image():
    assert image(assembled("define void @f() {\n  ret void\n}\n", WASM)) is None


def test_broken_code_is_no_image():
    code = assembled(TEXT, host())
    assert image(b"") is None
    for end in range(0, len(code), 41):
        found = image(code[:end])
        assert found is None or len(found.data) > 0
    draw = np.random.default_rng(0)
    for _ in range(300):
        broken = bytearray(code)
        broken[draw.integers(len(code))] = draw.integers(256)
        image(bytes(broken))  # no error


def test_loaded_code_can_no_longer_be_written():
    loaded = load(machine_code(assembled(TEXT, host()), "f"))
    at = loaded.addresses["f"]
    maps = Path("/proc/self/maps").read_text("utf-8").splitlines()
    (line,) = [x for x in maps if _holds(x, at)]
    assert line.split()[1] == "r-xp"


def _holds(line, at):
    first, last = (int(x, 16) for x in line.split()[0].split("-"))
    return first <= at < last


def test_where_memory_may_not_be_executable_code_is_linked(monkeypatch):
    def refused(*_):
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(library, "_protect", refused)
    takes_images.cache_clear()
    try:
        machine = machine_code(assembled(TEXT, host()), "f")
        assert not machine.entries
        assert call(load(machine)) == [6.1, 9.1, 15.1]
    finally:
        takes_images.cache_clear()
