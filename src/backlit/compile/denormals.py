"""Denormal numbers, counted as 0 while a program runs, in LLVM IR.

Processors take a hundred times as long for them, and an optimizer's averages of
gradients that have become 0 fade through them for thousands of steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.compile.ir import I32, I64, PTR

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.compile.body import Code

FLUSH = 0x8040  # x86: results and operands that are denormal count as 0
FLUSH_ARM = 1 << 24


def flush(code: Code, family: str) -> Callable[[], None]:
    """Let denormal numbers count as 0 from here on; returns what writes the end of it.

    Args:
        code: Where to write.
        family: The processor's family.
    """
    if family == "x86_64":
        return _flush_x86(code)
    if family in {"aarch64", "arm64"}:
        return _flush_arm(code)
    return lambda: None


def _flush_x86(code: Code) -> Callable[[], None]:
    store, load = (f"@llvm.x86.sse.{name}mxcsr" for name in ("st", "ld"))
    code.needs |= {f"declare void {store}(ptr)", f"declare void {load}(ptr)"}
    before, during = (code.emit(PTR, "alloca i32") for _ in range(2))
    code.do(f"call void {store}(ptr {before.name})")
    code.store(code.load(before, I32) | FLUSH, during)
    code.do(f"call void {load}(ptr {during.name})")
    return lambda: code.do(f"call void {load}(ptr {before.name})")


def _flush_arm(code: Code) -> Callable[[], None]:
    get, put = (f"@llvm.aarch64.{name}.fpcr" for name in ("get", "set"))
    code.needs |= {f"declare i64 {get}()", f"declare void {put}(i64)"}
    before = code.emit(I64, f"call i64 {get}()")
    during = before | FLUSH_ARM
    code.do(f"call void {put}(i64 {during.name})")
    return lambda: code.do(f"call void {put}(i64 {before.name})")
