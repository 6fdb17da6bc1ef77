import numpy as np
import pytest

import backlit as bl
from backlit.errors import OptionError
from backlit.train.plan import Plan


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs=0; it must be a whole number ≥ 1"),
        ({"epochs": 2.5}, "epochs=2.5; it must be a whole number ≥ 1"),
        ({"epochs": "many"}, "epochs='many'; it must be a whole number ≥ 1"),
        ({"epochs": None}, "epochs=None; it must be a whole number ≥ 1"),
        ({"batch_size": -1}, "batch_size=-1; it must be a whole number ≥ 1"),
        ({"batch_size": 0}, "batch_size=0; it must be a whole number ≥ 1"),
        ({"seed": -1}, "seed=-1; it must be a whole number ≥ 0"),
        ({"seed": "a"}, "seed='a'; it must be a whole number ≥ 0"),
        (
            {"metrics": ("acuracy",)},
            "unknown metric 'acuracy'; did you mean 'accuracy'?",
        ),
        ({"metrics": ("f1",)}, "unknown metric 'f1'; "),
        (
            {"executor": "gpu"},
            "unknown executor 'gpu'; known are auto, ",
        ),
        ({"dtype": "float16"}, "unknown dtype 'float16'; did you mean 'float64'?"),
        ({"dtype": "int8"}, "unknown dtype 'int8'; known are float64, float32"),
        ({"threads": 0}, "threads=0; it must be a whole number ≥ 1"),
        ({"optimizer": "adm"}, "unknown optimizer 'adm'; did you mean 'adam'?"),
        (
            {"optimizer": 0.1},
            "optimizer=0.1; one such as Adam(0.001) is needed, or its",
        ),
    ],
)
def test_option_outside_its_range_is_refused(wrong, message):
    with pytest.raises(OptionError) as caught:
        Plan(**({"optimizer": bl.SGD()} | wrong))
    assert str(caught.value).startswith(message)


def test_numbers_of_any_kind_will_do():
    plan = Plan("adam", epochs=np.int64(2), batch_size=8.0, seed=np.uint8(3))
    assert plan == Plan(bl.Adam(), epochs=2, batch_size=8, seed=3)
    assert {type(plan.epochs), type(plan.batch_size), type(plan.seed)} == {int}
