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


class Screen(io.StringIO):
    console_width = 120


@pytest.fixture
def screen(monkeypatch):
    """Return what is written to the terminal, at half a second an epoch."""
    text, console, times = Screen(), rich.console.Console, count(0, 0.5)

    def on_screen(*, stderr):
        assert stderr
        return console(file=text, force_terminal=True, width=text.console_width)

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
    assert "loss 0.1235  val. loss 0.25  accuracy 0.9 " in line
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


@pytest.mark.parametrize(
    ("width", "epochs"),
    [(60, 10), (79, 10), (80, 10), (80, 100_000), (100, 100_000), (200, 100_000)],
)
def test_line_fits_the_terminal_and_tells_the_losses_first(screen, width, epochs):
    metrics = {"accuracy": 0.123456, "macro_f1": 0.123456, "roc_auc": 0.123456}
    row = ROW | metrics | {f"validation_{n}": v for n, v in metrics.items()}
    state = TrainingState({}, epoch=epochs - 1)
    screen.console_width = width
    with progress.shown(epochs) as move:
        state.history.rows.append(row)
        move(state)
    line = last_line(screen)
    assert len(line) <= width
    assert f"{epochs - 1}/{epochs}" in line
    assert "epochs/s" in line
    assert line.rstrip().endswith((":00", ":01", "-:--:--"))
    if (width, epochs) in ((79, 10), (100, 100_000)):
        assert "loss 0.1235  val. loss 0.25" in line
    if width == 200:
        assert "val. roc_auc 0.1235  accuracy 0.1235  macro_f1 0.1235" in line


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
