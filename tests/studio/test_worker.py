"""The process that compiles, without the process."""

import io

import msgspec
import pytest

from backlit.studio import worker
from backlit.studio.spec import LESSON

NEURON = msgspec.json.encode(LESSON)


def test_each_line_is_answered_with_status_length_and_so_many_bytes():
    out = io.BytesIO()
    worker.serve([NEURON + b"\n", b"nonsense\n"], out)
    out.seek(0)
    status, length = map(int, out.readline().split())
    assert status == 200
    assert msgspec.json.decode(out.read(length))["size"] == 256
    status, length = map(int, out.readline().split())
    assert (status, len(out.read(length)), out.read()) == (422, length, b"")


def test_what_is_wrong_is_one_line():
    status, said = worker.answer(b'{"network": {}}')
    assert status == 422
    assert said.startswith(b"the studio's state cannot be read: ")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (MemoryError(), 422, b"there is not enough memory for this network"),
        (KeyError("x\ny"), 500, b"KeyError: 'x\\ny' (an error in backlit)"),
        (ValueError("a\n b"), 500, b"ValueError: a b (an error in backlit)"),
    ],
)
def test_no_error_ends_the_process(monkeypatch, error, status, said):
    def fails(_):
        raise error

    monkeypatch.setattr(worker, "bundle", fails)
    assert worker.answer(NEURON) == (status, said)
