from dataclasses import replace

import llvmlite.binding as llvm
import pytest

from backlit.compile import target
from backlit.compile.target import WASM, assembled, host, machine


class Features(dict):
    def flatten(self):
        return ",".join(f"+{name}" for name in self)


@pytest.mark.parametrize(
    ("features", "width", "registers"),
    [
        (["avx512f", "avx2"], 64, 32),
        (["avx2", "avx"], 32, 16),
        (["avx"], 16, 16),
        (["neon"], 16, 16),
        ([], 16, 16),
    ],
)
def test_vectors_are_as_wide_as_the_processor_has_them(
    features, width, registers, monkeypatch
):
    known = Features(dict.fromkeys(features, True))
    monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: known)
    found = host.__wrapped__()
    assert (found.width, found.registers) == (width, registers)
    assert found.features == known.flatten()


def test_this_machines_processor_is_known():
    assert machine(host()).triple == host().triple
    assert host() is host()


def body(lines):
    return f"define i64 @f(i64 %x) {{\nentry:\n{lines}\n}}\n"


@pytest.mark.parametrize("where", [host(), WASM], ids=["host", "wasm"])
def test_short_and_long_programs_become_object_code(where):
    text = body("  %y = mul i64 %x, 3\n  ret i64 %y")
    short = assembled(text, where)
    assert short == assembled(text, where)
    assert assembled(text, replace(where, short=0))  # without LLVM's passes


def test_code_that_llvm_cannot_read_is_an_error_before_it_runs():
    with pytest.raises(RuntimeError, match="parsing error"):
        assembled(body("  ret i64 %z"), host())


CPUINFO = """\
processor\t: 0
vendor_id\t: GenuineIntel
model name\t: A processor
cpu MHz\t\t: {}
flags\t\t: fpu sse2 avx2

processor\t: 1
flags\t\t: other
"""


def said(text, monkeypatch, tmp_path):
    file = tmp_path / "cpuinfo"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(target, "CPU_FILE", file)
    return target.processor.__wrapped__()


def test_processor_is_told_by_what_does_not_change(monkeypatch, tmp_path):
    found = said(CPUINFO.format(800), monkeypatch, tmp_path)
    assert found == said(CPUINFO.format(3000), monkeypatch, tmp_path)
    assert "avx2" in found
    assert "other" not in found
    other = CPUINFO.replace("avx2", "avx512f")
    assert said(other, monkeypatch, tmp_path) != found


@pytest.mark.parametrize("text", [None, "", "processor\t: 0\nFeatures\t: neon\n"])
def test_processor_that_linux_does_not_tell_is_unknown(text, monkeypatch, tmp_path):
    assert said(text, monkeypatch, tmp_path) is None


def test_compiler_is_told_without_loading_it():
    assert "llvmlite" in target.compiler()
