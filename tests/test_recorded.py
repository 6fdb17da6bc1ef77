"""An explanation in every form, and the picture of a pass."""

import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import backlit as bl

HERE = Path(__file__).parent / "explain"
QUIETLY = ("-interaction=nonstopmode", "-halt-on-error", "-draftmode")


def traces():
    draw = np.random.default_rng(0)
    wide = bl.Network(64, [bl.Dense(64, "relu"), bl.Dense(10)], "cross_entropy", l2=0.1)
    t = np.eye(10)[draw.integers(10, size=8)]
    return {
        "neuron": bl.load(HERE / "neuron.toml").trace(),
        "two layers": bl.load(HERE / "mazur.toml").trace(),
        "wide batch": wide.trace(draw.random((8, 64)), t),
    }


TRACES = traces()
every = pytest.mark.parametrize("name", TRACES)
weights = pytest.mark.parametrize("weight", [None, "dense1.weight[0,1]"])


@every
@weights
def test_every_form_says_the_gradient(name, weight):
    explanation = TRACES[name].explain(weight, digits=6)
    forms = (
        explanation.text(),
        explanation.markdown(),
        explanation.latex(),
        explanation.mathml(),
        explanation.json(),
    )
    for form in forms:
        assert form.strip()
    assert json.loads(forms[-1])["title"] == explanation.document.title
    body = explanation.mathml(standalone=False)
    assert ET.fromstring(f"<main>{body}</main>") is not None  # noqa: S314 - our own


@every
def test_colour_changes_no_character(name):
    explanation = TRACES[name].explain()
    import re

    coloured = explanation.text(colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == explanation.text()
    assert "\x1b[" in coloured


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
@every
@weights
def test_latex_compiles(name, weight, tmp_path):
    source = TRACES[name].explain(weight, digits=5).latex()
    (tmp_path / "derivation.tex").write_text(source)
    done = subprocess.run(  # noqa: S603 - our own text
        [str(shutil.which("pdflatex")), *QUIETLY, "derivation.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_pass_draws_itself(tmp_path):
    drawing = TRACES["neuron"].draw()
    assert ET.fromstring(str(drawing)).tag.endswith("svg")  # noqa: S314 - our own
    drawing.save(tmp_path / "neuron.svg")
    assert (tmp_path / "neuron.svg").read_text().strip() == str(drawing).strip()


def test_cursor_walks_the_pass():
    cursor = TRACES["neuron"].cursor()
    names = [operation.name for operation in cursor]
    assert names.index("dense1.sum") < names.index("dense1.output") < names.index("E")
