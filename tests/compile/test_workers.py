"""The threads of a slice: there while it lasts, gone after it whatever ends it."""

import os
import sys
import threading

import numpy as np
import pytest

import backlit as bl
from backlit.compile import pace, shares, workers
from backlit.compile.training import Training, compiled
from backlit.network.architecture import Architecture

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="threads wait for each other by its semaphores"
)
A = Architecture(5, [bl.Dense(130, "tanh"), bl.Dense(2)], "mse")


@pytest.fixture
def run(monkeypatch):
    """Return a run of steps that three threads share."""
    for name in ("ENOUGH", "LEAST"):
        monkeypatch.setattr(shares, name, 0)
    compiled.cache_clear()
    about = (A, bl.SGD(0.01), 48)
    program = compiled(*about, weighted=False, dtype="float64", threads=3)
    compiled.cache_clear()
    rows = {"x": np.ones((48, 5)), "t": np.zeros((48, 2))}
    made = Training(program, rows, size=48, shuffle=False, seed=0, epochs=5000)
    made.put(A.initial(0))
    return made


def threads():
    return {thread for thread in threading.enumerate() if thread.is_alive()}


def test_a_run_does_the_steps_that_it_is_told(run):
    for steps in (1, 2, 50, 700):
        before = run.get("steps")
        run.run(steps)
        assert run.get("steps") == before + steps


def test_no_thread_is_left_after_a_slice(run):
    before = threads()
    run.run(20)
    assert threads() == before


def test_a_run_stops_where_its_epochs_end(run):
    run.run(5010)
    assert (run.get("epoch"), run.get("steps")) == (5000, 5000)
    run.run(5)
    assert run.get("steps") == 5000


def test_no_thread_is_left_when_a_slice_is_interrupted(run):
    before = threads()

    def interrupted(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run._crew.run(20, interrupted)
    assert threads() == before
    run.run(20)
    assert run.get("steps") == 20


def test_a_system_that_gives_no_more_threads_has_one_do_the_work(run, monkeypatch):
    def refused(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(workers.Thread, "start", refused)
    run.run(30)
    assert run.get("steps") == 30
    assert run._crew._get("shared") == 0


def test_threads_that_come_late_find_that_they_may_leave(run, monkeypatch):
    """They may be started when the slice is over already."""
    starts = []
    monkeypatch.setattr(workers.Thread, "join", lambda _: None)
    monkeypatch.setattr(workers.Thread, "start", lambda self: starts.insert(0, self))
    run.run(5)
    monkeypatch.undo()
    assert len(starts) == 2
    for thread in starts:
        thread.start()
        thread.join(10)
        assert not thread.is_alive()


def test_without_a_wish_a_few_threads_are_used_at_most():
    usual = pace.useful_threads(None)
    assert 1 <= usual <= min(pace.MOST, os.cpu_count() or 1)


def test_there_are_no_more_threads_than_processors():
    assert pace.useful_threads(1) == 1
    assert pace.useful_threads(10**6) <= (os.cpu_count() or 1)


def test_a_step_too_short_for_threads_is_for_one():
    about = (A, bl.SGD(0.01), 48)
    program = compiled(*about, weighted=False, dtype="float64", threads=3)
    assert program.threads == 1
