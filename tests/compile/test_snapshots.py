import numpy as np
import pytest

from backlit.compile.snapshots import ALIGNMENT, Ring, offsets

LAYOUT = {
    "a": {"offset": 0, "shape": [2, 3], "strides": [1, 2], "dtype": "f4"},
    "b": {"offset": 64, "shape": [17], "strides": [1], "dtype": "f4"},
    "c": {"offset": 192, "shape": [], "strides": [], "dtype": "f4"},
}


def test_values_in_a_slot_begin_where_a_vector_may_and_do_not_meet():
    starts, width = offsets([1, 16, 17, 5])
    assert starts == [0, 16, 32, 64]
    assert width == 80
    assert all(start % ALIGNMENT == 0 for start in starts)


def test_what_is_put_into_a_slot_is_taken_from_it():
    ring = Ring(LAYOUT, LAYOUT, 3)
    draw = np.random.default_rng(0)
    slots = [
        {n: draw.normal(size=p["shape"]).astype("f4") for n, p in LAYOUT.items()}
        for _ in range(3)
    ]
    for n, values in enumerate(slots):
        ring.put(n, values)
    for n, values in enumerate(slots):
        found = ring.take(n)
        assert found.keys() == values.keys()
        assert all((found[name] == values[name]).all() for name in values)
    ring.take(0)["b"][:] = 7  # copies
    assert (ring.take(0)["b"] == slots[0]["b"]).all()


def test_values_lie_as_in_the_arena():
    ring = Ring({"a": LAYOUT["a"]}, ["a"], 1)
    ring.put(0, {"a": np.arange(6).reshape(2, 3)})
    assert ring._array[0, :6].tolist() == [0, 3, 1, 4, 2, 5]
    assert ring.take(0)["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert ring.address == ring._array.ctypes.data


def test_a_slot_that_is_not_there_is_refused():
    with pytest.raises((TypeError, ValueError)):
        Ring(LAYOUT, LAYOUT, 2).take(2)
