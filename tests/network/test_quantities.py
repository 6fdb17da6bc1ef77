import numpy as np
import pytest

from backlit.errors import NetworkError, QuantityError
from backlit.network.quantities import Quantities, split_name

W = np.arange(6.0).reshape(2, 3)


@pytest.fixture
def named():
    return Quantities({"dense1.weight": W, "E": np.array(0.25)})


def test_name_gives_the_array_and_name_with_a_place_one_element(named):
    assert named["dense1.weight"] is W
    assert named["dense1.weight[1,2]"] == 5
    assert named["dense1.weight[ 0 , 1 ]"] == 1
    assert named["dense1.weight[1,2]"].shape == ()
    assert list(named) == ["dense1.weight", "E"]
    assert len(named) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "dense1.weigth",
            "there is no quantity 'dense1.weigth'; did you mean 'dense1.weight'?",
        ),
        ("z", "there is no quantity 'z'; known are dense1.weight, E"),
        (
            "dense1.weight[0]",
            "dense1.weight has the shape (2, 3); 2 indices are needed, got 1",
        ),
        ("dense1.weight[2,0]", "dense1.weight has the shape (2, 3); index 2 is"),
        ("dense1.weight[0,-1]", "dense1.weight has the shape (2, 3); index -1 is"),
        ("E[0]", "E has the shape (); 0 indices are needed, got 1"),
        ("dense1.weight[a]", "'dense1.weight[a]': an element is written NAME[0,1]"),
        ("dense1.weight[0,1", "'dense1.weight[0,1': an element is written"),
        ("dense1.weight[]", "'dense1.weight[]': an element is written NAME[0,1]"),
        ("dense1.weight[0,1]x", "'dense1.weight[0,1]x': an element is written"),
    ],
)
def test_wrong_names_and_places_say_what_is_there(named, name, message):
    with pytest.raises(NetworkError) as error:
        named[name]
    assert str(error.value).startswith(message)
    assert name not in named
    assert named.get(name) is None


def test_error_is_a_key_error_whose_text_has_no_quotes_around_it(named):
    with pytest.raises(KeyError) as error:
        named["z"]
    assert isinstance(error.value, QuantityError)
    assert str(error.value).startswith("there is no quantity")


def test_printed_quantities_are_names_and_aligned_values(named):
    assert repr(named) == (
        "dense1.weight = [[0. 1. 2.]\n                 [3. 4. 5.]]\nE = 0.25"
    )


def test_name_is_split_into_base_and_place():
    assert split_name("grad.dense1.bias") == ("grad.dense1.bias", ())
    assert split_name("dense1.weight[10,3]") == ("dense1.weight", (10, 3))
