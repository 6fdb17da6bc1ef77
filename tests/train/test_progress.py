import io
import re
from itertools import count

import pytest
import rich.console

import backlit as bl
from backlit.train import progress
from backlit.train.state import TrainingState

ROW = {
    "epoch": 3.0,
    "loss": 0.123456,
    "learning_rate": 0.01,
    "accuracy": 0.9,
    "validation_loss": 0.25,
    "seconds": 0.5,
}


def train(**options):
    net = bl.Network(1, [bl.Dense(1)])
    net.fit([[1], [2], [3], [4]], [1, 2, 3, 4], epochs=5, **options)
    return net


def test_progress_goes_to_stderr_and_not_without_being_asked(capsys):
    train(progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "5/5" in err
    assert "loss" in err
    train()
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def screen(monkeypatch):
    """Return what is written to the terminal, at half a second an epoch."""
    text, console, times = io.StringIO(), rich.console.Console, count(0, 0.5)

    def on_screen(*, stderr):
        assert stderr
        return console(file=text, force_terminal=True, width=120)

    monkeypatch.setattr(rich.console, "Console", on_screen)
    monkeypatch.setattr(progress, "perf_counter", lambda: next(times))
    return text


def last_line(screen):
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    return text.replace("\r", "\n").strip().splitlines()[-1]


def test_line_tells_epochs_figures_rate_and_time(screen):
    state = TrainingState({})
    with progress.shown(10) as move:
        state.history.rows.append(ROW)
        state.epoch = 3
        move(state)
    line = last_line(screen)
    assert line.startswith("epoch  3/10 ")
    assert "loss 0.1235  accuracy 0.9  val. loss 0.25" in line
    assert "6 epochs/s" in line
    assert re.search(r"-:--:--|\d:\d\d:\d\d", line)


def test_rate_is_of_the_epochs_of_this_run(screen):
    state = TrainingState({}, epoch=100)
    with progress.shown(400, done=100) as move:
        state.history.rows.append({**ROW, "epoch": 101.0, "seconds": 1000.5})
        state.epoch = 101
        move(state)
    assert "101/400" in last_line(screen)
    assert " 2 epochs/s" in last_line(screen)


@pytest.mark.parametrize("end", [KeyboardInterrupt, ValueError])
def test_bar_is_closed_however_training_ends(capsys, end):
    def stop(_):
        raise end

    if end is KeyboardInterrupt:
        assert train(progress=True, callbacks=[stop]).training.epoch == 1
    else:
        with pytest.raises(ValueError, match=r"^$"):
            train(progress=True, callbacks=[stop])
    assert capsys.readouterr().err.endswith("\n")
