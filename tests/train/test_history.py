import xml.etree.ElementTree as ET

import polars as pl
import pytest

from backlit.train.history import History

ROWS = [
    {"epoch": 1.0, "loss": 0.5, "validation_loss": 0.625, "seconds": 0.25},
    {"epoch": 2.0, "loss": 0.25, "validation_loss": 0.5, "seconds": 0.5},
]


def test_history_is_a_sequence_of_rows_with_columns():
    history = History(ROWS, "epochs")
    assert (len(history), history[-1], history[:1]) == (2, ROWS[1], ROWS[:1])
    assert list(history) == ROWS
    assert history.column("loss") == [0.5, 0.25]
    assert repr(history.column("accuracy")) == "[nan, nan]"


def test_frame_has_a_column_for_every_name_that_occurs_anywhere():
    late = [{"epoch": float(n), "loss": 1.0} for n in range(1, 200)]
    late.append({"epoch": 200.0, "loss": 0.5, "validation_loss": 2.0})
    frame = History(late).frame()
    assert frame.columns == ["epoch", "loss", "validation_loss"]
    assert frame["validation_loss"].to_list() == [None] * 199 + [2.0]
    assert frame["epoch"].dtype == pl.Int64


def test_printed_history_tells_the_last_epoch_and_why_it_was_the_last():
    assert str(History(ROWS, "early stopping", 1)) == (
        "2 epochs (early stopping; epoch 1 was best): "
        "loss 0.25, validation_loss 0.5, seconds 0.5"
    )
    assert str(History(ROWS[:1], "epochs")) == (
        "1 epoch (epochs): loss 0.5, validation_loss 0.625, seconds 0.25"
    )
    assert str(History()) == "no epochs"


def test_repr_is_short_however_long_the_history():
    assert len(repr(History(ROWS * 500, "epochs"))) < 200


def texts(svg):
    return [e.text for e in ET.fromstring(svg).iter() if e.text and e.text.strip()]  # noqa: S314 - our own


def test_plot_shows_the_columns_that_there_are():
    assert {"loss", "validation_loss"} <= set(texts(History(ROWS).plot()))
    assert "validation_loss" not in texts(History([{"loss": 1.0}]).plot())
    assert "seconds" in texts(History(ROWS).plot(["seconds"]))
    assert History(ROWS)._repr_svg_() == History(ROWS).plot()


@pytest.mark.parametrize("rows", [[], ROWS[:1], [{"loss": float("nan")}]])
def test_plot_of_little_is_a_picture_too(rows):
    assert ET.fromstring(History(rows).plot()).tag.endswith("svg")  # noqa: S314 - our own
    assert "nan" not in History(rows).plot()
