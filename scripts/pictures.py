"""Draw the pictures of the documentation."""  # noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

import backlit as bl
from backlit.draw import Drawing, diagram

DOCS = Path(__file__).parents[1] / "docs"

net = bl.Network(2, [bl.Dense(1, "sigmoid")], loss="mse")
net.parameters["dense1.weight"] = [[0.4, -0.6]]
net.parameters["dense1.bias"] = [0.1]
Drawing(diagram(net.trace(x=[0.5, 0.8], t=[1.0]))).save(DOCS / "neuron.svg")
