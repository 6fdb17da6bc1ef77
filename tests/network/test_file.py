import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.errors import DataError, NetworkError
from backlit.network import file
from backlit.network.architecture import LOSS_NAMES, Architecture, Dense, activations
from backlit.network.initialise import KINDS, Initialiser

WHOLE = """
[network]
inputs = 2
loss = "half_mse"
learning_rate = 0.25
seed = 7
l1 = 0.01
l2 = 0

[[layer]]
kind = "dense"
units = 3
activation = "tanh"
weight = [[0.1, 0.2], [0.3, 0.4], [0.1234567890123456789, -6e-300]]
bias = [1, 2, 3]
freeze = ["bias"]

[[layer]]
units = 1
use_bias = false
initialiser = { kind = "normal", scale = 0.1 }

[sample]
x = [0.5, 0.8]
t = [1]
"""
SMALL = """
[network]
inputs = 2

[[layer]]
units = 2
"""


def test_file_says_what_it_says():
    found = file.parse(WHOLE)
    layers = (
        Dense(3, "tanh", freeze=("bias",)),
        Dense(1, "linear", Initialiser("normal", 0.1), use_bias=False),
    )
    assert found.architecture == Architecture(2, layers, "half_mse", l1=0.01)
    assert (found.learning_rate, found.seed) == (0.25, 7)
    x, t = found.sample
    assert (x.tolist(), t.tolist()) == ([0.5, 0.8], [1.0])


def test_given_weights_are_kept_to_the_last_bit_and_only_those():
    found = file.parse(WHOLE)
    assert found.parameters["dense1.weight"].tolist() == [
        *([0.1, 0.2], [0.3, 0.4], [0.1234567890123456789, -6e-300])
    ]
    assert found.parameters["dense1.bias"].tolist() == [1.0, 2.0, 3.0]
    assert set(found.parameters) == {"dense1.weight", "dense1.bias"}


def test_what_is_left_out_has_its_usual_value():
    found = file.parse(SMALL)
    assert found.architecture == Architecture(2, (Dense(2),))
    assert (found.learning_rate, found.seed, found.sample) == (0.5, 0, None)
    assert found.parameters == {}


def test_sample_may_be_lists_of_several():
    found = file.parse(
        SMALL + "[sample]\nx = [[1,2], [3,4], [5,6]]\nt = [[1,0], [0,1], [1,1]]"
    )
    x, t = found.sample
    assert (x.shape, t.shape) == ((3, 2), (3, 2))
    assert x[2].tolist() == [5, 6]


def changed(old, new):
    """Return the whole example with one place changed."""
    assert WHOLE.count(old) == 1
    return WHOLE.replace(old, new)


WEIGHT = "weight = [[0.1, 0.2], [0.3, 0.4], [0.1234567890123456789, -6e-300]]"

MISTAKES = [
    # keys
    (changed("loss =", "los ="), "[network]: unknown key 'los'; did you mean 'loss'?"),
    (
        changed("activation =", "activaton ="),
        "[[layer]] 1: unknown key 'activaton'; did you mean 'activation'?",
    ),
    (
        changed("units = 1", "units = 1\ncolour = 3"),
        "[[layer]] 2: unknown key 'colour'; known are units, kind, activation",
    ),
    (changed("[sample]", "[samples]"), "the file: unknown key 'samples'; did you mean"),
    (changed("t = [1]", "y = [1]"), "[sample]: unknown key 'y'; known are x, t"),
    (changed("inputs = 2", ""), "[network]: missing the key `inputs`"),
    (changed("units = 3", ""), "[[layer]] 1: missing the key `units`"),
    (changed("t = [1]", ""), "[sample]: missing the key `t`"),
    (
        changed("scale = 0.1", "size = 0.1"),
        "[[layer]] 2 initialiser: unknown key `size`",
    ),
    # tables
    ("[[layer]]\nunits = 1", "the table [network] is missing"),
    ("[network]\ninputs = 1", "the table [[layer]] is missing"),
    (
        SMALL.replace("[[layer]]", "[layer]"),
        "[layer] must be written [[layer]], one for each layer",
    ),
    (SMALL.replace("[network]", "[[network]]"), "[network] must be a table"),
    ("network = 3\nlayer = [1]", "[network] must be a table"),
    ("layer = [1]\n[network]\ninputs = 1", "[[layer]] 1 must be a table"),
    ("layer = []\n[network]\ninputs = 1", "[network]: a network needs at least one"),
    # types
    (
        changed("inputs = 2", 'inputs = "2"'),
        "[network] inputs: Expected `int`, got `str`",
    ),
    (changed("inputs = 2", "inputs = 2.5"), "[network] inputs: Expected `int`, got"),
    (changed("units = 3", "units = true"), "[[layer]] 1 units: Expected `int`, got"),
    (changed('"dense"', '"conv"'), "[[layer]] 1 kind: Invalid enum value 'conv'"),
    (changed('["bias"]', '"bias"'), "[[layer]] 1 freeze: Expected `array`, got `str`"),
    (changed("bias = [1, 2, 3]", "bias = 1"), "[[layer]] 1 bias: Expected `array"),
    (changed(WEIGHT, "weight = [1, 2, 3]"), "[[layer]] 1 weight: Expected `array`"),
    (changed("[0.3, 0.4]", '[0.3, "a"]'), "[[layer]] 1 weight: Expected `float`, got"),
    (changed("x = [0.5, 0.8]", "x = 0.5"), "[sample] x: Expected `array`, got `float`"),
    # lengths
    (
        changed(", [0.1234567890123456789, -6e-300]", ""),
        "[[layer]] 1 weight has 2 × 2 numbers; needs units × inputs = 3 × 2",
    ),
    (changed("[0.3, 0.4]", "[0.3]"), "[[layer]] 1 weight: rows of different lengths"),
    (changed("[1, 2, 3]", "[1, 2]"), "[[layer]] 1 bias has 2 numbers; needs units = 3"),
    (
        changed("use_bias = false", "use_bias = false\nbias = [1]"),
        "[[layer]] 2: bias is given, but use_bias = false",
    ),
    (
        changed("x = [0.5, 0.8]", "x = [0.5]"),
        "[sample] x has 1 numbers; needs inputs = 2",
    ),
    (changed("t = [1]", "t = []"), "[sample] t has 0 numbers; needs outputs = 1"),
    (
        changed("x = [0.5, 0.8]", "x = [[1, 2], [3, 4]]"),
        "[sample] t has 1 numbers; needs samples × outputs = 2 × 1",
    ),
    (changed("x = [0.5, 0.8]", "x = [[1, 2], [3]]"), "[sample] x: rows of different"),
    # values
    (
        changed("[1, 2, 3]", "[1, nan, 3]"),
        "[[layer]] 1 bias holds a value that is not a finite number",
    ),
    (changed("t = [1]", "t = [inf]"), "[sample] t holds a value that is not a finite"),
    (
        changed("learning_rate = 0.25", "learning_rate = -0.25"),
        "[network]: learning_rate=-0.25; it must be a positive number",
    ),
    (changed("= 0.25", "= nan"), "[network]: learning_rate=nan; it must be a positive"),
    (changed("seed = 7", "seed = -7"), "[network]: seed=-7; it must be a whole number"),
    (changed("units = 3", "units = 0"), "[[layer]] 1: units=0; it must be a whole"),
    (changed("inputs = 2", "inputs = 0"), "[network]: inputs=0; it must be a whole"),
    (changed('"tanh"', '"tahn"'), "[[layer]] 1: unknown activation 'tahn'; did you"),
    (changed('"half_mse"', '"mss"'), "[network]: unknown loss 'mss'; did you mean"),
    (changed('["bias"]', '["biases"]'), "[[layer]] 1: unknown freeze 'biases'; did"),
    (changed('"normal"', '"gauss"'), "[[layer]] 2: unknown initialiser 'gauss'"),
    (changed("scale = 0.1", "scale = inf"), "[[layer]] 2: scale=inf; it must be"),
    (changed("l1 = 0.01", "l1 = -1"), "[network]: l1=-1.0; it must be 0 or a positive"),
    # TOML
    (changed("inputs = 2", "inputs = "), "not valid TOML: Invalid value (at line 3"),
    (changed("l1 = 0.01", "loss = 1"), "not valid TOML: Cannot overwrite a value"),
    (changed("inputs = 2", "inputs = " + "9" * 5000), "not valid TOML: "),
    (changed("t = [1]", "t = " + "[" * 5000), "not valid TOML: "),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[m for _, m in MISTAKES])
def test_mistake_is_told_with_its_key_and_what_was_expected(text, message):
    with pytest.raises(NetworkError) as caught:
        file.parse(text)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", ["9" * 30, "9" * 400])
@pytest.mark.parametrize("key", ["seed = 7", "l1 = 0.01", "inputs = 2", "t = [1]"])
def test_numbers_of_any_size_are_taken_or_refused(key, number):
    text = changed(key, key.replace(key.rpartition(" ")[2].strip("[]"), number))
    try:
        file.parse(text)
    except NetworkError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right


# Files


def test_file_is_read_whatever_its_marks_and_line_ends(tmp_path):
    path = tmp_path / "net.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert file.read(path).architecture == file.parse(WHOLE).architecture


def test_message_names_the_file(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(SMALL.replace("inputs", "input"))
    with pytest.raises(NetworkError) as caught:
        file.read(path)
    assert str(caught.value).startswith(f"{path}: [network]: unknown key 'input'; did")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe[\x00n\x00", b"caf\xe9 = 1", b"\x80\x04"]
)
def test_file_that_is_not_text_is_refused(tmp_path, content):
    path = tmp_path / "net.toml"
    path.write_bytes(content)
    with pytest.raises(
        NetworkError, match="is not text; a network file is TOML in UTF"
    ):
        file.read(path)


def test_missing_file_and_directory_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"no\.toml: there is no such file; a network"):
        file.read(tmp_path / "no.toml")
    with pytest.raises(DataError, match=r"is a directory; a network file \(TOML\) is"):
        file.read(tmp_path)


# Descriptions

names = st.sampled_from([*sorted(activations()), "linear"])
strengths = st.floats(0, 1e6)
initialisers = st.none() | st.builds(
    Initialiser, st.sampled_from(sorted(KINDS)), st.floats(-1e6, 1e6)
)
layers = st.builds(
    Dense,
    st.integers(1, 9),
    names,
    initialisers,
    st.booleans(),
    st.sets(st.sampled_from(["weight", "bias"])).map(tuple),
)
architectures = st.builds(
    Architecture,
    st.integers(1, 9),
    st.lists(layers, min_size=1, max_size=4),
    st.sampled_from(LOSS_NAMES).filter(lambda name: name != "cross_entropy"),
    strengths,
    strengths,
)


@given(architectures)
def test_described_network_is_built_again_as_it_was(architecture):
    assert file.build(*file.describe(architecture)) == architecture


@given(st.text() | st.sampled_from([t for t, _ in MISTAKES]).flatmap(st.permutations))
def test_any_text_is_a_network_or_one_line(text):
    try:
        file.parse("".join(text))
    except NetworkError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right


@given(st.data())
def test_damaged_file_is_a_network_or_one_line(data):
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(len(WHOLE), start + 30)))
    text = WHOLE[:start] + data.draw(st.text(max_size=8)) + WHOLE[end:]
    try:
        found = file.parse(text)
    except NetworkError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert all(np.isfinite(p).all() for p in found.parameters.values())
