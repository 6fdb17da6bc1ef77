"""`backlit train`: from a table to a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _option(panel: str, text: str, *names: str) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=panel)


def _rows(text: str, *names: str) -> Any:
    return _option("The rows", text, *names)


def _network(text: str, *names: str) -> Any:
    return _option("The network", text, *names)


def _learning(text: str, *names: str) -> Any:
    return _option("Learning", text, *names)


def _output(text: str, *names: str) -> Any:
    return _option("Output", text, *names)


Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A file (.csv, .tsv, .txt, .parquet, .npz) or a data set by its name: "
        "iris, wine, breast-cancer, digits, diabetes; or generated: and, or, xor, "
        "circles, moons, spirals, gaussians, plane.",
    ),
]
Target = Annotated[
    str | None,
    _rows(
        "The column to predict. Else the first named target, label, class, y or the "
        "like, or the last column."
    ),
]
Task = Annotated[
    str | None,
    _rows("classification or regression; else recognised from the target."),
]
Test = Annotated[
    float | None,
    _rows("The share of rows to test on; else 0.2, or none if there are below 20."),
]
Validation = Annotated[
    float | None,
    _rows(
        "The share of the other rows to hold out, to tell when to stop early; else 0.1 "
        "from 2000 rows on, and none below."
    ),
]
Samples = Annotated[int | None, _rows("Rows of a generated data set.")]
Noise = Annotated[float | None, _rows("Noise of a generated data set.")]
Hidden = Annotated[
    str | None,
    _network("Neurons of the hidden layers, as in 16,16, or none; else 32,32."),
]
Activation = Annotated[
    str | None,
    _network("Of the hidden layers: relu (usual), tanh, sigmoid, gelu, silu, elu ..."),
]
Loss = Annotated[
    str | None,
    _network(
        "The error: cross_entropy, binary_cross_entropy_with_logits (usual for two "
        "classes), mse (usual for numbers), mae, huber, half_sse, hinge ..."
    ),
]
L1 = Annotated[float | None, _network("Penalty l1 · Σ|w| on the weights; else 0.")]
L2 = Annotated[
    float | None,
    _network(
        "Penalty l2/2 · Σw² on the weights; else the best in short trial runs on the "
        "training rows, which choose the epochs as well."
    ),
]
Optimizer = Annotated[
    str | None,
    _learning("adam (usual), sgd, momentum, nesterov, adagrad, rmsprop or adamw."),
]
LearningRate = Annotated[float | None, _learning("Else what is usual: adam 0.003.")]
ClipNorm = Annotated[
    float | None, _learning("The largest norm of all gradients together.")
]
Epochs = Annotated[
    int | None, _learning("Epochs in all, those of a resumed model included.")
]
BatchSize = Annotated[
    int | None, _learning("Rows in a step; else from 16 for small tables to 256.")
]
Patience = Annotated[
    int | None,
    _learning("Stop after so many epochs without improvement; keep the best."),
]
Seed = Annotated[
    int | None, _learning("Of the split, the first weights and the order of rows.")
]
Resume = Annotated[
    Path | None,
    _learning(
        "Go on where this model stopped, on the same DATA, bit for bit as if it had "
        "not; its options count."
    ),
]
Executor = Annotated[
    str | None, _learning("What runs the network: auto, native or interpret.")
]
Threads = Annotated[
    int | None,
    _learning("Threads to use at most, by default up to 4; the same results."),
]
Metric = Annotated[
    list[str] | None,
    _output(
        "Measure this too (again for more): balanced_accuracy, macro_f1, roc_auc, mae."
    ),
]
Out = Annotated[
    Path | None,
    _output("The model's file; else the name of DATA and .safetensors, in this folder"),
]
Plot = Annotated[Path | None, _output("Draw the error by epoch into this .svg file.")]
AsJson = Annotated[bool, _output("Print the result as one object.", "--json")]
Quiet = Annotated[
    bool, _output("Print nothing but errors, and show no progress.", "--quiet", "-q")
]


def train(
    data: Data,
    *,
    target: Target = None,
    task: Task = None,
    test: Test = None,
    validation: Validation = None,
    samples: Samples = None,
    noise: Noise = None,
    hidden: Hidden = None,
    activation: Activation = None,
    loss: Loss = None,
    l1: L1 = None,
    l2: L2 = None,
    optimizer: Optimizer = None,
    learning_rate: LearningRate = None,
    clip_norm: ClipNorm = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    patience: Patience = None,
    seed: Seed = None,
    resume: Resume = None,
    executor: Executor = None,
    threads: Threads = None,
    metric: Metric = None,
    out: Out = None,
    plot: Plot = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a network on a table, test it on rows put aside, and save it.

    Columns are prepared by their types; the preparation is kept in the model, and
    predict repeats it on new rows.

    Ctrl-C ends training and saves what was learnt (exit code 130); a second one ends
    at once. A model in place of another replaces it; any other file stays.

    Example: backlit train iris

    Example: backlit train houses.csv --target price --hidden 64,32
    """
    wishes = locals()
    from backlit.cli.training import run  # noqa: PLC0415 - the command line starts fast
    from backlit.cli.wishes import Wishes  # noqa: PLC0415

    run(Wishes(**wishes))
