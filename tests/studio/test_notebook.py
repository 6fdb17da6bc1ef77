"""The widget: what it answers, and that a real JupyterLab shows it."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import msgspec
import pytest

from backlit.studio.spec import LESSON, Spec

pytest.importorskip("anywidget")
notebook = pytest.importorskip("backlit.studio.notebook")

CODE = """\
import backlit as bl
net = bl.Network(2, [bl.Dense(1, "sigmoid")], loss="mse", seed=0)
net.parameters["dense1.weight"] = [[0.4, -0.6]]
net.parameters["dense1.bias"] = [0.1]
net.play(x=[0.5, 0.8], t=[1.0])
"""


@pytest.fixture
def widget(request):
    request.getfixturevalue("built")
    return notebook.Widget(LESSON)


def test_widget_carries_bundle_and_front_end(widget):
    bundle = json.loads(widget.bundle)
    assert bundle["spec"]["layer"][0]["weight"] == [[0.4, -0.6]]
    assert bundle["detail"]["rules"]  # for a notebook that is read without its kernel
    assert "render" in str(widget._esm)


def test_widget_compiles_another_network_when_asked(widget, answers_of):
    other = Spec(LESSON.network, [msgspec.structs.replace(LESSON.layer[0], bias=[2.0])])
    other.sample = LESSON.sample
    asked = {"id": 7, "of": "bundle", "spec": msgspec.to_builtins(other)}
    [answer] = answers_of(widget, asked)
    assert answer["id"] == 7
    found = json.loads(answer["answer"])
    assert (found["first"]["dense1.bias"], found["detail"]) == ([2.0], None)
    [answer] = answers_of(widget, asked | {"of": "detail"})
    assert json.loads(answer["answer"])["rules"]["single"]["E"]


@pytest.mark.parametrize("spec", [None, 3, {}, {"network": {"inputs": 2}, "layer": []}])
def test_widget_says_in_one_line_why_a_network_cannot_be_compiled(
    widget, spec, answers_of
):
    [answer] = answers_of(widget, {"id": 1, "of": "bundle", "spec": spec})
    assert answer["error"]
    assert "\n" not in answer["error"]


@contextmanager
def lab(folder):
    """Run a JupyterLab on a folder; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        f"--port={port}",
        "--no-browser",
        "--allow-root",
        "--IdentityProvider.token=",
    ]
    lab = [sys.executable, "-m", "jupyterlab", *options, "--ServerApp.port_retries=0"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        lab, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield waited(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(20)


def waited(address, process):
    """Return an address as soon as it answers."""
    for _ in range(300):
        assert process.poll() is None, "JupyterLab ended"
        try:
            with urllib.request.urlopen(f"{address}/api", timeout=1):  # noqa: S310 - http
                return address
        except OSError:
            time.sleep(0.1)
    raise AssertionError("JupyterLab does not answer")


def run(page):
    """Run the notebook's cell; JupyterLab passes over it before its kernel is there."""
    cell = page.locator(".jp-CodeCell").first
    cell.locator(".cm-content").click(timeout=60_000)
    for _ in range(60):
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(1000)
        if "[ ]" not in cell.locator(".jp-InputPrompt").inner_text():
            return
    raise AssertionError("JupyterLab does not run the cell")


@pytest.mark.slow
def test_jupyterlab_shows_a_studio_that_trains(tmp_path, browser):
    pytest.importorskip("jupyterlab")
    cell = {"cell_type": "code", "source": CODE, "metadata": {}, "outputs": []}
    cells = [{**cell, "execution_count": None, "id": "a"}]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    book = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "net.ipynb").write_text(json.dumps(book))
    with lab(tmp_path) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{address}/lab/tree/net.ipynb?reset")
        run(page)
        studio = page.locator(".backlit-studio")
        gradient = studio.get_by_text("−0.2162").first
        gradient.wait_for(timeout=60_000)
        studio.get_by_role("button", name="Play").click()
        gradient.wait_for(state="detached")
        studio.get_by_role("button", name="Pause").click()
        page.close()
