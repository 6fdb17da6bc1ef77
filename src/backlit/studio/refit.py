"""A network that fits data: its inputs, outputs and error follow from the table.

    table, a network like it should be  ->  spec

Hidden layers, seed and training stay as they are; where there is no network yet, it is
that of `fitting`. Weights that were given do not survive.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from backlit.errors import BacklitError
from backlit.network.architecture import LINKS
from backlit.studio.fitting import network_for
from backlit.studio.spec import checked
from backlit.studio.table import prepared_table
from backlit.train import defaults
from backlit.train.samples import samples

if TYPE_CHECKING:
    from backlit.network.file import LayerTable
    from backlit.studio.spec import DataTable, Spec
    from backlit.studio.table import Table

OUTPUTS = {"binary_cross_entropy": "sigmoid", "hinge": "linear"}


def fitted(data: DataTable, like: Spec | None = None, *, keep: bool = False) -> Spec:
    """Return a network that fits data, as much as may be like another one.

    Args:
        data: The table.
        like: The network to be like; the one of `fitting` if none.
        keep: Whether its error stays wherever it is possible at all.

    Raises:
        DataError: The table cannot be learnt from.
        OptionError: An option of the data set is out of range.
    """
    if like is None:
        return network_for(data)
    prepared = prepared_table(data)
    about = prepared.preparation
    classes = len(about.classes)
    loss = _loss(like.network.loss, classes, keep=keep)
    network = msgspec.structs.replace(like.network, inputs=len(about.inputs), loss=loss)
    layers = [_blank(layer) for layer in like.layer]
    last = msgspec.structs.replace(
        layers[-1],
        units=defaults.outputs(loss, classes),
        activation=_last(loss, layers[-1].activation),
    )
    return msgspec.structs.replace(
        like,
        network=network,
        layer=[*layers[:-1], last],
        sample=None,
        data=data,
        fit="",
    )


def as_wished(spec: Spec) -> Spec:
    """Return a spec as it is, or fitted to its data where it wishes to be.

    Raises:
        DataError: The table cannot be learnt from.
        OptionError: An option of the data set is out of range.
    """
    if spec.data is None or not spec.fit:
        return spec
    like = None if spec.sample else spec  # a lesson's neuron is no model for a table
    return checked(fitted(spec.data, like, keep=spec.fit == "error"))


def _loss(wanted: str, classes: int, *, keep: bool) -> str:
    """Return the error of the network before, if it suits, else the usual one."""
    suiting = defaults.LOSSES[defaults.kind(classes)]
    if not keep and classes and wanted in defaults.SQUARES:
        return suiting[0]  # possible, but nobody's first wish
    return wanted if wanted in suiting else suiting[0]


def _last(loss: str, activation: str) -> str:
    """Return the activation that gives an error what it is taken on."""
    return "linear" if loss in LINKS else OUTPUTS.get(loss, activation)


def _blank(layer: LayerTable) -> LayerTable:
    return msgspec.structs.replace(layer, weight=None, bias=None)


def unfit(spec: Spec, table: Table) -> dict[str, str]:
    """Return the errors that samples are not made for, each with the reason."""
    if spec.data is not None:
        kind = defaults.kind(len(table.classes))
        return {
            loss: f"it is not for {_words(kind)}"
            for loss in defaults.KNOWN_LOSSES
            if loss not in defaults.LOSSES[kind]
        }
    return {
        loss: reason
        for loss in defaults.KNOWN_LOSSES
        if (reason := _refusal(spec, table, loss))
    }


def _words(kind: str) -> str:
    return "numbers" if kind == "regression" else kind


def _refusal(spec: Spec, table: Table, loss: str) -> str:
    """Return why samples that are written out do not go with an error, if so."""
    x, t = (np.frombuffer(part).reshape(table.rows, -1) for part in (table.x, table.t))
    try:
        samples(replace(spec.architecture, loss=loss), x, t)
    except BacklitError as error:
        return str(error)
    return ""
