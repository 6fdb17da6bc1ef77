"""The processors that programs are made for, and LLVM's part of making them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import Any

CPU_FILE = Path("/proc/cpuinfo")
CPU = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags")


@dataclass(frozen=True)
class Target:
    """A processor.

    Attributes:
        triple: LLVM's name of the system.
        cpu: LLVM's name of the processor.
        features: Its abilities, as LLVM lists them.
        width: Bytes of a vector register to use.
        registers: Vector registers.
        short: Characters of a program up to which LLVM's passes run.
        alike: Whether kernels that differ only in places become one function.
    """

    triple: str
    cpu: str
    features: str
    width: int
    registers: int
    short: int = 30_000
    alike: bool = False

    @property
    def family(self) -> str:
        """The processor's family, as the system's name begins."""
        return self.triple.partition("-")[0]


@lru_cache(maxsize=1)
def host() -> Target:
    """Return the processor that this is running on."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - slow to import

    features = llvm.get_host_cpu_features()
    wide = features.get("avx512f", False)
    middle = features.get("avx2", False)
    width, registers = (64, 32) if wide else (32, 16) if middle else (16, 16)
    return Target(
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        features.flatten(),
        width,
        registers,
    )


@lru_cache(maxsize=1)
def processor() -> str | None:
    """Return what Linux says of the processor, without asking LLVM; None elsewhere.

    LLVM's name and features of a processor follow from this.
    """
    with suppress(OSError), CPU_FILE.open(encoding="utf-8") as file:
        first = takewhile(str.strip, file)  # the first of several, which are alike
        about = [line for line in first if line.split("\t")[0] in CPU]
        if any(line.startswith("flags") for line in about):
            return "".join(about)
    return None


@lru_cache(maxsize=1)
def compiler() -> str:
    """Return what tells one installation of LLVM from another, without loading it."""
    found = find_spec("llvmlite")
    if found is None or found.origin is None:
        return ""
    folder = Path(found.origin).parent
    files = [*folder.glob("_version.py"), *sorted(folder.glob("binding/*llvmlite.*"))]
    stats = [file.stat() for file in files]
    return f"{folder} {[(about.st_size, about.st_mtime_ns) for about in stats]}"


# A browser's compiler does not inline calls or unroll loops: passes gain more there.
WASM = Target("wasm32-unknown-unknown", "generic", "+simd128", 16, 16, short=200_000)
WASM_AT_ONCE = replace(WASM, short=0, alike=True)
"""For a person who waits: a tenth slower, and compiled in a third of the time, or less
where many layers are of one shape."""


def machine(target: Target) -> Any:
    """Return LLVM's machine for a target."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - slow to import

    if target.family == "wasm32":
        llvm.initialize_all_targets()
        llvm.initialize_all_asmprinters()
    else:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=2, reloc="pic"
    )


RECIPE = "3"  # to be changed with the way from text to code: cached code is of one


def assembled(text: str, target: Target) -> bytes:
    """Return the object code of a module.

    LLVM's passes are left out for all but short programs: loops are written in vectors
    and tiles already, the passes were seen to gain nothing, and to take most of the
    time. A short program gains by having its kernels put into one function; for a
    browser, which leaves that undone, a longer one is worth it too.
    """
    import llvmlite.binding as llvm  # noqa: PLC0415 - slow to import

    at = machine(target)
    module = llvm.parse_assembly(text)
    module.triple = target.triple
    module.data_layout = str(at.target_data)
    module.verify()
    if len(text) <= target.short:
        options = llvm.create_pipeline_tuning_options(speed_level=2)
        passes = llvm.create_pass_builder(at, options)
        passes.getModulePassManager().run(module, passes)
    data: bytes = at.emit_object(module)
    return data
