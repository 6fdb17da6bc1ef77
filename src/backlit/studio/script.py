"""A run of the studio as a Python script that does it once more, in NumPy and float64.

    spec  ->  script with two gaps: what was changed by hand, and how many steps
          ->  script

The page fills the gaps with JSON, which is Python for lists, names and numbers.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from backlit.network.file import InitialiserTable, parameters
from backlit.update.description import to_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.network.file import LayerTable
    from backlit.studio.spec import Spec

CHANGES, STEPS = "__CHANGES__", "__STEPS__"

SCRIPT = Template('''"""A run of the backlit studio, done again; prints the weights."""

from dataclasses import replace

import numpy as np

import backlit as bl
from backlit.train.plan import Plan
from backlit.train.samples import batches, samples
from backlit.train.state import TrainingState
from backlit.train.step import start, step

STEPS = __STEPS__
# What was changed by hand at a step: a weight, input or target, η, the batch size.
CHANGES = __CHANGES__

net = bl.Network(
    $inputs,
    [$layers],
    loss="$loss", seed=$seed, l1=$l1, l2=$l2,
)
$given
$data

optimizer = $optimizer
plan = Plan(optimizer, batch_size=$batch_size, shuffle=$shuffle, seed=$seed,
            executor="interpret")
state = TrainingState({name: np.array(w) for name, w in net.parameters.items()})
start(net.architecture, state, plan)


def change(by_hand, plan):
    """Do what was done by hand, and return how training goes on."""
    if "learningRate" in by_hand:
        other = replace(plan.optimizer, learning_rate=by_hand["learningRate"])
        return replace(plan, optimizer=other)
    if "batchSize" in by_hand:  # the epoch begins again
        state.batch = 0
        return replace(plan, batch_size=by_hand["batchSize"])
    arrays = {"x": X, "t": T, **state.parameters}
    arrays[by_hand["name"]][tuple(by_hand["index"])] = by_hand["value"]
    return plan


for n in range(STEPS + 1):
    for by_hand in CHANGES:
        if by_hand["step"] == n:
            plan = change(by_hand, plan)
    if n == STEPS:
        break
    data = samples(net.architecture, X[:learn], T[:learn])
    rows = next(batches(learn, plan.batch_size, plan.seed, state.epoch,
                        shuffle=plan.shuffle, skip=state.batch))
    step(net.architecture, state, data, plan, rows)
    if state.batch * plan.batch_size >= learn:
        state.epoch, state.batch = state.epoch + 1, 0

for name, values in state.parameters.items():
    net.parameters[name] = values
    print(name, values.tolist())
''')

WRITTEN = Template("""X = np.array($x, dtype=float)
T = np.array($t, dtype=float)
learn = len(X)""")

TABLE = Template("""from backlit.studio.spec import read
from backlit.studio.table import samples_of

table = samples_of(read($spec))
X = np.frombuffer(table.x).reshape(table.rows, -1).copy()
T = np.frombuffer(table.t).reshape(table.rows, -1).copy()
learn = table.rows - table.test""")


def template(spec: Spec) -> str:
    """Return the script of a run, with the gaps `CHANGES` and `STEPS`."""
    network = spec.network
    return SCRIPT.substitute(
        inputs=network.inputs,
        layers=", ".join(map(_layer, spec.layer)),
        loss=network.loss,
        seed=network.seed,
        l1=network.l1,
        l2=network.l2,
        given=_given(spec),
        data=_data(spec),
        optimizer=_optimizer(spec),
        batch_size=spec.batch_size,
        shuffle=spec.shuffle,
    )


def script(spec: Spec, changes: Sequence[dict[str, Any]], steps: int) -> str:
    """Return the script of a run.

    Args:
        spec: What was trained.
        changes: What was changed by hand, in the order of steps: each has its `step`,
            and `name`, `index` and `value`, or `learningRate`, or `batchSize`.
        steps: How many steps were done.
    """
    written = msgspec.json.encode(list(changes)).decode()
    return template(spec).replace(CHANGES, written).replace(STEPS, str(steps))


def _layer(layer: LayerTable) -> str:
    options = [str(layer.units), repr(layer.activation)]
    match layer.initialiser:
        case InitialiserTable(kind, scale):
            options.append(f"bl.Initialiser({kind!r}, {scale})")
        case str(kind):
            options.append(repr(kind))
    options += [] if layer.use_bias else ["use_bias=False"]
    options += [f"freeze={tuple(layer.freeze)}"] if layer.freeze else []
    return f"bl.Dense({', '.join(options)})"


def _given(spec: Spec) -> str:
    given = parameters(spec.architecture, spec.layer)
    return "".join(
        f"net.parameters[{name!r}] = {values.tolist()}\n"
        for name, values in given.items()
    )


def _data(spec: Spec) -> str:
    if spec.data is not None:
        return TABLE.substitute(spec=repr(msgspec.json.encode(spec).decode()))
    assert spec.sample is not None  # noqa: S101 - a checked spec has one of them
    x, t = (np.atleast_2d(part).tolist() for part in (spec.sample.x, spec.sample.t))
    return WRITTEN.substitute(x=x, t=t)


def _optimizer(spec: Spec) -> str:
    options = to_data(spec.update)
    kind = options.pop("kind")
    return f"bl.{kind}({', '.join(f'{n}={v!r}' for n, v in options.items())})"
