"""Parts of a step, done one after another in any order, and by real threads at once:
the same as the whole step to the bit."""

import ctypes
import sys
from dataclasses import replace

import numpy as np
import pytest

import backlit as bl
from backlit.compile import crew, shares
from backlit.compile.library import link
from backlit.compile.module import build
from backlit.compile.native import Arena
from backlit.compile.step import looped
from backlit.compile.target import assembled, host
from backlit.compile.training import Training, compiled
from backlit.network.architecture import LOSS_NAMES, Architecture
from backlit.train.samples import samples
from backlit.update.optimizers import OPTIMIZERS
from backlit.update.step import training_step

Dense = bl.Dense
SIZE = 37  # samples in a batch: three grains, the last one not whole
NETWORKS = {
    "narrow": Architecture(5, [Dense(7, "tanh"), Dense(3)], "cross_entropy"),
    "wide": Architecture(9, [Dense(150, "relu"), Dense(70, "relu"), Dense(3)], "mse"),
    "one output": Architecture(40, [Dense(130, "sigmoid"), Dense(1)], "half_mse"),
    "penalties": Architecture(6, [Dense(140, "elu"), Dense(2)], "mae", l1=0.1, l2=0.2),
    "frozen": Architecture(
        6, [Dense(130, "tanh", freeze="weight"), Dense(3, freeze="bias")]
    ),
    "softmax inside": Architecture(4, [Dense(129, "softmax"), Dense(3, "softmax")]),
    "linear": Architecture(33, [Dense(2)], "huber"),
}
IN_BOTH = pytest.mark.parametrize("dtype", ["float64", "float32"])
with_threads = pytest.mark.skipif(
    sys.platform != "linux", reason="threads wait for each other by its semaphores"
)


@pytest.fixture(autouse=True)
def _every_step_is_shared(monkeypatch):
    monkeypatch.setattr(shares, "ENOUGH", 0)
    monkeypatch.setattr(shares, "LEAST", 0)
    compiled.cache_clear()
    yield
    compiled.cache_clear()


def data_for(architecture, count, *, weighted=False):
    draw = np.random.default_rng(0)
    X = draw.normal(size=(count, architecture.inputs))
    T = draw.normal(size=(count, architecture.outputs))
    if architecture.loss == "cross_entropy":
        T = draw.integers(architecture.outputs, size=count)
    if architecture.loss.startswith("binary"):
        T = draw.integers(2, size=T.shape)
    if architecture.loss == "hinge":
        T = draw.choice([-1.0, 1.0], T.shape)
    weight = draw.uniform(0.2, 2, count) if weighted else None
    return samples(architecture, X, T, weight)


# One part after another


def step_of(architecture, optimizer, dtype):
    graph = training_step(architecture, optimizer, SIZE, weighted=False, counted=True)
    return looped(graph, architecture, optimizer, dtype=dtype, threads=3).module


def filled(module, architecture, rows):
    arena = Arena(module)
    draw = np.random.default_rng(1)
    data = data_for(architecture, rows)
    known = {"x": data.X, "t": data.T, "count": float(rows), "step": 3.0}
    for name, node in module.graph.inputs.items():
        value = known.get(name, draw.uniform(0.1, 0.3, node.shape))
        view = arena.view(node)
        (view[:rows] if name in {"x", "t"} else view)[...] = value
    for node in module.schedule.constants:
        arena.view(node)[...] = node.attributes["value"]
    return arena


def outputs_of(arena):
    outputs = arena.module.graph.outputs.items()
    return {n: arena.view(x).tobytes() for n, x in outputs if x.inputs}


def functions_of(module):
    """Return the function of the whole step, and those of its groups."""
    text = module.text.replace("define internal void @group", "define void @group")
    count = text.count("define void @group")
    names = [f"group{n}" for n in range(count)]
    library = link(assembled(text, host()), "run", *names)
    run = library.function("run", ctypes.c_void_p, ctypes.c_int64)
    kinds = [ctypes.c_void_p, *[ctypes.c_int64] * 3]
    return run, [library.function(name, *kinds) for name in names]


def in_parts(groups, arena, rows, parts, order):
    """Run each group of a step part by part."""
    for group in groups:
        for part in order(range(parts)):
            group(arena.address, rows, part, parts)


@IN_BOTH
@pytest.mark.parametrize("network", NETWORKS)
def test_parts_in_any_order_and_number_make_the_same_step(network, dtype):
    architecture = NETWORKS[network]
    module = step_of(architecture, bl.Adam(0.01, clip_norm=0.1), dtype)
    whole, groups = functions_of(module)
    for rows in (SIZE, 16, 5):
        expected = filled(module, architecture, rows)
        whole(expected.address, rows)
        for parts, order in ((2, reversed), (3, list), (3, reversed)):
            arena = filled(module, architecture, rows)
            in_parts(groups, arena, rows, parts, order)
            assert outputs_of(arena) == outputs_of(expected)


def test_parts_that_read_what_others_write_are_seen(monkeypatch):
    monkeypatch.setattr(
        shares, "_groups", lambda schedule, *_: [0] * len(schedule.kernels)
    )
    architecture = NETWORKS["wide"]
    module = step_of(architecture, bl.SGD(0.1), "float64")
    arenas = [filled(module, architecture, SIZE) for _ in range(2)]
    whole, groups = functions_of(module)
    whole(arenas[0].address, SIZE)
    in_parts(groups, arenas[1], SIZE, 2, reversed)
    assert outputs_of(arenas[0]) != outputs_of(arenas[1])


# Real threads


def run_of(architecture, optimizer, dtype="float64", threads=1, weighted=False):
    """Return what training leaves, and how many steps threads shared."""
    data = data_for(architecture, 90, weighted=weighted)
    about = (architecture, optimizer, SIZE)
    program = compiled(*about, weighted=weighted, dtype=dtype, threads=threads)
    rows = data.take(np.arange(len(data)))
    run = Training(program, rows, size=SIZE, shuffle=True, seed=1, epochs=4)
    run.put(architecture.initial(1))
    shared = 0
    if threads == 1:
        run.run(100)
    else:
        while run.get("epoch") < 4:  # until the others have come
            shared += steps_shared(run, 5)
    left = run.take([n for n in program.layout if n.startswith(("dense", "state."))])
    return {n: v.tobytes() for n, v in left.items()} | {"E": run.sums.tobytes()}, shared


def steps_shared(run, steps):
    """Have threads share steps; return of how many all of them did a part."""
    crew = run._crew
    with crew.others():
        crew._set(team=run.program.threads, shared=0)
        run._call(steps)
    return crew._get("shared")


@with_threads
@pytest.mark.parametrize("network", NETWORKS)
def test_threads_train_every_network_as_one_does(network):
    architecture, optimizer = NETWORKS[network], bl.SGD(0.1, momentum=0.5)
    expected, _ = run_of(architecture, optimizer, "float32")
    shared = 0
    for threads in (2, 3, 2):
        found, count = run_of(architecture, optimizer, "float32", threads)
        assert found == expected
        shared += count
    assert shared


@with_threads
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_threads_train_with_every_optimizer_as_one_does(optimizer):
    architecture = NETWORKS["penalties"]
    limits = {"learning_rate": 0.02, "clip_value": 0.05, "clip_norm": 0.1}
    limited = replace(OPTIMIZERS[optimizer], **limits)
    expected, _ = run_of(architecture, limited, weighted=True)
    assert run_of(architecture, limited, threads=2, weighted=True)[0] == expected


@with_threads
@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_threads_train_on_every_error_as_one_does(loss):
    last = "sigmoid" if loss == "binary_cross_entropy" else "linear"
    architecture = Architecture(3, [Dense(140, "tanh"), Dense(2, last)], loss)
    expected, _ = run_of(architecture, bl.SGD(0.1))
    assert run_of(architecture, bl.SGD(0.1), threads=2)[0] == expected


@with_threads
def test_denormal_numbers_count_as_0_in_every_thread():
    architecture = Architecture(4, [Dense(256, "linear", use_bias=False)], "mse")
    program = compiled(
        architecture, bl.SGD(0.1), 64, weighted=False, dtype="float64", threads=2
    )
    rows = {"x": np.zeros((64, 4)), "t": np.zeros((64, 256))}
    run = Training(program, rows, size=64, shuffle=False, seed=0, epochs=2000)
    run.put({"dense1.weight": np.full((256, 4), 1e-310)})
    while not steps_shared(run, 20):
        pass
    assert not run.take(["dense1.weight"])["dense1.weight"].any()


def test_a_system_without_semaphores_has_the_step_done_by_one_thread():
    other = replace(host(), triple="x86_64-apple-darwin")
    architecture = NETWORKS["wide"]
    expected = step_of(architecture, bl.SGD(0.1), "float64")
    module = build(
        expected.graph,
        other,
        "float64",
        batched=["x", "t"],
        threads=2,
    )
    assert not crew.can_share(other)
    assert "sem_wait" not in module.text
    assert "@work" not in module.text
    assembled(module.text, host())
