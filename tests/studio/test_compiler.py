"""Compiling in another process: limits, and what happens when it ends."""

import asyncio
import os
import signal

import msgspec
import pytest
from coroutines import finished

from backlit.network.file import LayerTable, NetworkTable, SampleTable
from backlit.studio import compiler
from backlit.studio.compiler import BUSY, ENDED, TOO_LONG, Compiler
from backlit.studio.spec import LESSON, Spec

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")

SAMPLE = SampleTable([0.5, 0.8], [1.0])
SLOW = Spec(NetworkTable(2), [LayerTable(4, activation="tanh")] * 63, SAMPLE)
SLOW.layer.append(LayerTable(1))
LARGE = Spec(NetworkTable(2), [LayerTable(10**6), LayerTable(1)], SAMPLE)


async def started(made):
    """Return the number of the process, once it has compiled something."""
    status, _ = await made.bundle(LESSON)
    assert status == 200
    return made._process.pid


def run(work, seconds=30.0):
    """Run a test's work with a compiler, which is ended in any case."""

    async def whole():
        made = Compiler(seconds)
        try:
            return await work(made)
        finally:
            await made.close()

    return finished(whole())


@pytest.mark.slow
def test_networks_are_compiled_one_after_another_by_one_process():
    async def work(made):
        first = await made.bundle(LESSON)
        pid = made._process.pid
        refused = await made.bundle(LARGE)
        again = await made.bundle(LESSON)
        return first, refused, again, made._process.pid == pid

    first, refused, again, same = run(work)
    assert (first, same) == (again, True)
    assert msgspec.json.decode(first[1])["spec"]["network"]["learning_rate"] == 0.5
    assert refused[0] == 422
    assert refused[1].startswith(b"the network is too large for the page: it has 40")


@pytest.mark.slow
def test_a_network_that_takes_too_long_is_given_up_and_the_next_one_is_compiled():
    async def work(made):
        pid = await started(made)
        made._seconds = 0.3
        slow = await made.bundle(SLOW)
        made._seconds = 30.0
        return slow, await started(made) != pid, alive(pid)

    assert run(work) == ((422, TOO_LONG.encode()), True, False)


@pytest.mark.slow
def test_a_process_that_ends_is_told_of_and_started_again():
    async def work(made):
        pid = await started(made)
        at_work = asyncio.create_task(made.bundle(SLOW))
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        return await at_work, await started(made) != pid

    assert run(work) == ((500, ENDED.encode()), True)


@pytest.mark.slow
def test_who_waits_too_many_are_turned_away_and_a_stop_ends_all(monkeypatch):
    monkeypatch.setattr(compiler, "WAITING", 2)

    async def work(made):
        pid = await started(made)
        tasks = [asyncio.create_task(made.bundle(SLOW)) for _ in range(2)]
        await asyncio.sleep(0.1)
        busy = await made.bundle(LESSON)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return busy, await started(made) != pid, alive(pid)

    assert run(work) == ((503, BUSY.encode()), True, False)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
