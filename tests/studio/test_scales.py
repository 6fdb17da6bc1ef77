"""The way back from inputs and targets to the units of their table."""

from __future__ import annotations

import numpy as np

from backlit.network.file import LayerTable, NetworkTable
from backlit.studio.spec import LESSON, DataTable, Spec
from backlit.studio.table import samples_of

CSV = "hour,kind,open,yield\n" + "\n".join(
    f"{n},{'abc'[n % 3]},{'true' if n % 2 else 'false'},{10 * n + 5}" for n in range(12)
)


def _spec(inputs: int, **data: object) -> Spec:
    table = DataTable(name="a table", csv=CSV, **data)  # type: ignore[arg-type]
    return Spec(NetworkTable(inputs), [LayerTable(1)], data=table)


def test_scales_lead_from_inputs_and_targets_back_to_the_table() -> None:
    table = samples_of(_spec(5, test=0.0))
    x = np.frombuffer(table.x).reshape(table.rows, -1)
    mean, deviation = table.scales[table.inputs.index("hour")]
    assert np.allclose(mean + deviation * x[:, 0], range(12), atol=1e-12)
    mean, deviation = table.target_scale
    hours = np.arange(12)
    assert np.allclose(mean + deviation * np.frombuffer(table.t), 10 * hours + 5)


def test_inputs_that_are_marks_stay_as_they_are() -> None:
    table = samples_of(_spec(5))
    assert table.inputs == ("hour", "kind = a", "kind = b", "kind = c", "open")
    assert table.scales[1:] == ((0.0, 1.0),) * 4


def test_classes_have_no_scale() -> None:
    spec = _spec(3, target="kind", task="classification", test=0.0)
    spec.network.loss, spec.layer = "cross_entropy", [LayerTable(3)]
    table = samples_of(spec)
    assert table.classes == ("a", "b", "c")
    assert table.target_scale == (0.0, 1.0)


def test_samples_written_out_need_no_scales() -> None:
    assert samples_of(LESSON).scales == ()
