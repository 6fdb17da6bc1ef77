"""Answers the questions of the page's tests, on stdin and stdout as JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from backlit.explain.typeset.numbers import number
from backlit.explain.typeset.text import expression
from backlit.explain.worked import Worked, enough
from backlit.model import Network
from backlit.network.quantities import split_name
from backlit.random import key, permutation
from backlit.studio.bundle import bundle, first_parameters, whole
from backlit.studio.spec import read
from backlit.studio.table import samples_of
from backlit.trace.trace import Trace
from backlit.train.fit import fit
from backlit.train.plan import Plan
from backlit.train.samples import samples
from backlit.train.state import TrainingState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.studio.spec import Spec
    from backlit.train.samples import Samples

Begun = tuple["Architecture", dict[str, "Array"], "Samples"]
Answer = dict[str, Any]


def begun(spec: Spec) -> Begun:
    """Return the architecture, first parameters and training samples of a spec."""
    table, a = samples_of(spec), spec.architecture
    x, t = (np.frombuffer(part, "<f8") for part in (table.x, table.t))
    learn = table.rows - table.test
    data = samples(a, x.reshape(-1, a.inputs)[:learn], t.reshape(-1, a.outputs)[:learn])
    first = {
        name: np.array(values).reshape(a.shapes[name])
        for name, values in first_parameters(spec).items()
    }
    return a, first, data


def train(question: Answer) -> Answer:
    """Train for some epochs with the interpreter."""
    spec, epochs = read(msgspec.json.encode(question["spec"])), question["epochs"]
    a, first, data = begun(spec)
    seed = spec.network.seed
    plan = Plan(
        spec.update,
        epochs=epochs,
        batch_size=spec.batch_size,
        shuffle=spec.shuffle,
        seed=seed,
        executor="interpret",
    )
    state = TrainingState(first)
    fit(a, state, data, plan)
    orders = [
        permutation(key(key(seed, "batches"), n), len(data)).tolist()
        for n in range(epochs)
    ]
    return {"parameters": flat(state.parameters), "orders": orders}


def one_pass(question: Answer) -> Answer:
    """Pass the first samples through."""
    spec = read(msgspec.json.encode(question["spec"]))
    a, first, data = begun(spec)
    n = spec.network
    net = Network(n.inputs, a.layers, n.loss, l1=n.l1, l2=n.l2)
    for name, value in first.items():
        net.parameters[name] = value
    rows = question["rows"]
    p = net.trace(data.X[:rows], data.T[:rows], learning_rate=n.learning_rate)
    return {
        "quantities": flat(p.quantities),
        "gradients": flat(p.gradients),
        "updated": flat(p.updated),
    }


def numbers(question: Answer) -> list[list[str]]:
    """Write numbers: with so many digits, and with those that show them."""
    return [
        [number(value, digits), number(value, enough(value, digits))]
        for value, digits in question["numbers"]
    ]


def explained(question: Answer) -> list[Answer]:
    """Explain elements of a pass: their formulas and the chain rule, as text."""
    spec = read(msgspec.json.encode(question["spec"]))
    a, first, data = begun(spec)
    rows = question["rows"]
    given = (data.X[:rows], data.T[:rows]) if rows > 1 else (data.X[0], data.T[0])
    rate = spec.network.learning_rate
    worked = Worked(Trace.record(a, first, *given, learning_rate=rate))
    return [_explained(worked, name) for name in question["names"]]


def _explained(worked: Worked, name: str) -> Answer:
    element = worked.paths.element(*split_name(name))
    found: Answer = {
        "locals": [worked.local(element, way) for way in worked.shown(element)],
        "rule": worked.rule(element),
        "numbers": worked.numbers(element),
    }
    if element[0].inputs:
        found["forward"] = worked.forward(element)
    elif worked.symbols.names[element[0]] in worked.trace.architecture.trainable:
        found["update"] = worked.update(element)
    return {key: _text(value) for key, value in found.items()}


def _text(found: Any) -> Any:
    if isinstance(found, list):
        return [expression(tree) for tree in found]
    return expression(found)


def flat(arrays: Mapping[str, Array]) -> dict[str, list[float]]:
    """Return arrays as lists, row by row."""
    return {name: np.ravel(value).tolist() for name, value in dict(arrays).items()}


def main() -> None:
    """Answer one question."""
    text = sys.stdin.read()
    answers: dict[str, Callable[[], Any]] = {
        "bundle": lambda: whole(bundle(read(text))),
        "bundles": lambda: [
            whole(bundle(read(part)))
            for part in msgspec.json.decode(text, type=list[msgspec.Raw])
        ],
        "train": lambda: train(msgspec.json.decode(text)),
        "numbers": lambda: numbers(msgspec.json.decode(text)),
        "explained": lambda: explained(msgspec.json.decode(text)),
        "pass": lambda: one_pass(msgspec.json.decode(text)),
    }
    sys.stdout.buffer.write(msgspec.json.encode(answers[sys.argv[1]]()))


if __name__ == "__main__":
    main()
