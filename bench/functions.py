"""Compare the compiled elementary functions with NumPy's and SciPy's, on one thread.

    python bench/functions.py [--count 4096] [--rounds 15]

Each works on the same array, which the cache holds, in turn; the time is the least of
the rounds, in nanoseconds per element. The ratio is NumPy's time by ours.
"""

from __future__ import annotations

import argparse
import ctypes
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from backlit.compile.body import Code, function
from backlit.compile.functions import FUNCTIONS
from backlit.compile.ir import F32, F64, I64, PTR, Type
from backlit.compile.library import Library, link
from backlit.compile.target import assembled, host

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "tanh": np.tanh,
    "sigmoid": special.expit,
    "softplus": lambda x, out: np.logaddexp(0, x, out=out),
    "log": np.log,
    "log1p": np.log1p,
    "erf": special.erf,
    "sin": np.sin,
    "cos": np.cos,
    "pow": np.power,
    "sqrt": np.sqrt,
    "floor": np.floor,
}
CALLS = 50  # in one measurement


def library(name: str, real: Type, inputs: int) -> Library:
    """Compile a function of arrays, whose length must be a multiple of the vector's."""
    code, lanes = Code(), host().width // real.size
    names = [f"x{n}" for n in range(inputs)]
    *pointers, out = (code.parameter(n, PTR) for n in (*names, "y"))

    def body(i: Any, _: Any) -> list[Any]:
        at = Type(real.scalar, lanes)
        given = [code.load(code.address(x, i, real.size), at) for x in pointers]
        code.store(FUNCTIONS[name](*given), code.address(out, i, real.size))
        return []

    code.loop(0, code.parameter("n", I64), lanes, body)
    parameters = [*((n, PTR) for n in (*names, "y")), ("n", I64)]
    text = function("f", parameters, code, public=True)
    return link(assembled("\n".join([*sorted(code.needs), text]), host()), "f")


def duration_ns(call: Callable[[], object]) -> float:
    """Return the time of one call, in nanoseconds."""
    start = perf_counter()
    for _ in range(CALLS):
        call()
    return (perf_counter() - start) / CALLS * 1e9


def compare(name: str, real: Type, count: int, rounds: int) -> tuple[float, float]:
    """Return our time and the peer's, in nanoseconds per element."""
    inputs = 2 if name == "pow" else 1
    dtype = "f4" if real == F32 else "f8"
    x = np.random.default_rng(0).uniform(0.1, 4.0, count).astype(dtype)
    y = np.empty_like(x)
    compiled = library(name, real, inputs)
    pointers = [ctypes.c_void_p] * (inputs + 1)
    run = compiled.function("f", *pointers, ctypes.c_int64)
    addresses = [x.ctypes.data] * inputs + [y.ctypes.data]
    times = [
        (
            duration_ns(lambda: run(*addresses, count)),
            duration_ns(lambda: PEERS[name](*[x] * inputs, out=y)),
        )
        for _ in range(rounds)
    ]
    ours, peers = (min(column) / count for column in zip(*times, strict=True))
    return ours, peers


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--count", type=int, default=4096, help="a multiple of 16")
    options.add_argument("--rounds", type=int, default=15)
    given = options.parse_args()
    if given.count < 16 or given.count % 16:
        options.error(f"--count must be a multiple of 16, got {given.count}")
    print(f"{host().cpu}, {host().width} bytes a vector, NumPy {np.__version__}\n")
    print("| function | float ns | NumPy ns | ratio | double ns | NumPy ns | ratio |")
    print("|---|---|---|---|---|---|---|")
    for name in PEERS:
        cells = []
        for real in (F32, F64):
            ours, peer = compare(name, real, given.count, given.rounds)
            cells += [f"{ours:.2f}", f"{peer:.2f}", f"{peer / ours:.1f}"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
