import copy
import pickle

import numpy as np
import pytest

import backlit as bl
from backlit.errors import DataError, NetworkError, NonFiniteError, OptionError

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(40, 2))
CLASSES = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.7)
FILE = """
[network]
inputs = 2
learning_rate = 0.25
seed = 3
[[layer]]
units = 2
activation = "tanh"
weight = [[1, 2], [3, 4]]
[[layer]]
units = 1
[sample]
x = [0.5, 0.8]
t = [1.0]
"""


def classifier(seed=0, **options):
    layers = [bl.Dense(6, "tanh"), bl.Dense(3)]
    return bl.Network(2, layers, "cross_entropy", seed=seed, **options)


def assert_same_bits(a, b):
    for name, value in a.items():
        assert value.dtype == b[name].dtype
        assert value.tobytes() == b[name].tobytes(), name


def assert_same_networks(a, b):
    """Check that networks stand at the same place of training, to the last bit."""
    assert_same_bits(a.parameters, b.parameters)
    assert_same_bits(a.training.parameters, b.training.parameters)
    assert_same_bits(a.training.optimizer, b.training.optimizer)
    rows = [[{**r, "seconds": 0} for r in n.training.history] for n in (a, b)]
    assert rows[0] == rows[1]
    assert a.training.step == b.training.step


# What a network is


def test_network_starts_from_its_seed():
    assert_same_bits(classifier(1).parameters, classifier(1).parameters)
    w = "dense1.weight"
    assert (classifier(1).parameters[w] != classifier(2).parameters[w]).any()


@pytest.mark.parametrize("seed", [-1, 1.5, "a", None, 2**63])
def test_seed_must_be_a_whole_number(seed):
    with pytest.raises(OptionError, match=r"seed=.*; it must be a whole number ≥ 0"):
        classifier(seed)


def test_printed_network_tells_its_layers():
    assert repr(classifier()) == (
        "<Network 2 inputs → 6 tanh, 3 linear; loss cross_entropy>"
    )


def pickled(net):
    return pickle.loads(pickle.dumps(net))  # noqa: S301 - our own


@pytest.mark.parametrize("again", [copy.deepcopy, pickled])
def test_network_can_be_copied_and_pickled_and_goes_on_alike(again):
    net = classifier()
    net.fit(X, CLASSES, epochs=2)
    other = again(net)
    for each in (net, other):
        each.fit(X, CLASSES, epochs=4, resume=True)
    assert_same_networks(net, other)


def test_penalties_are_part_of_the_network():
    plain, penalised = classifier(), classifier(l1=0.1, l2=0.2)
    x, t = X[0], [1, 0, 0]
    weights = [p for n, p in plain.parameters.items() if n.endswith("weight")]
    penalty = sum(0.1 * np.abs(w).sum() + 0.1 * (w**2).sum() for w in weights)
    expected = plain.trace(x, t)["E"] + penalty
    assert penalised.trace(x, t)["E"] == pytest.approx(expected, rel=1e-12)


# One step


def test_steps_are_descent_with_the_optimizers_memory():
    net = bl.Network(2, [bl.Dense(1)])
    w = {n: p.copy() for n, p in net.parameters.items()}
    v = {n: 0 * p for n, p in w.items()}
    for _ in range(3):
        p = net.trace([1, 2], [3])
        v = {n: 0.9 * v[n] - 0.1 * p.gradients[n] for n in w}
        w = {n: w[n] + v[n] for n in w}
        assert net.step([1, 2], [3], bl.SGD(0.1, momentum=0.9)) == p["E"]
    for name, value in w.items():
        assert net.parameters[name] == pytest.approx(value, rel=1e-12)


def test_another_optimizer_starts_afresh():
    net, other = (bl.Network(2, [bl.Dense(1)]) for _ in range(2))
    net.step([1, 2], [3], "adam")
    other.parameters.update(net.parameters)
    for each in (net, other):
        each.step([1, 2], [3], bl.Adam(0.5))
    assert_same_bits(net.parameters, other.parameters)


def test_step_takes_batches_and_refuses_what_does_not_fit():
    net = bl.Network(2, [bl.Dense(1)])
    assert net.step(X, X[:, :1], bl.SGD(0.1)) > net.step(X, X[:, :1], bl.SGD(0.1))
    with pytest.raises(DataError, match=r"x has the shape \(3,\)"):
        net.step([1, 2, 3], [1], bl.SGD(0.1))
    with pytest.raises(DataError, match="X has 2 rows, T has 1"):
        net.step([[1, 2], [3, 4]], [1], bl.SGD(0.1))
    with pytest.raises(
        OptionError, match="unknown optimizer 'sdg'; did you mean 'sgd'"
    ):
        net.step([1, 2], [1], "sdg")


def test_step_that_is_not_finite_changes_nothing():
    net = bl.Network(2, [bl.Dense(1)])
    before = {n: p.copy() for n, p in net.parameters.items()}
    with pytest.raises(NonFiniteError, match=r"E\.sample became inf for sample 0"):
        net.step([1e200, 0], [1], bl.SGD(0.1))
    assert_same_bits(before, net.parameters)


# Training


def test_network_learns_classes_and_predicts_probabilities():
    net = classifier()
    history = net.fit(
        X, CLASSES, optimizer=bl.Adam(0.05), epochs=100, metrics="accuracy"
    )
    assert history[-1]["accuracy"] > 0.95
    predicted = net.predict(X)
    assert predicted.sum(axis=1) == pytest.approx(np.ones(40))
    accuracy = (predicted.argmax(axis=1) == CLASSES).mean()
    assert accuracy == history[-1]["accuracy"]


def test_seed_of_the_order_is_the_networks_or_another():
    first, second, third = (classifier(5) for _ in range(3))
    first.fit(X, CLASSES, epochs=2)
    second.fit(X, CLASSES, epochs=2, seed=5)
    third.fit(X, CLASSES, epochs=2, seed=6)
    assert_same_networks(first, second)
    w = "dense1.weight"
    assert (first.parameters[w] != third.parameters[w]).any()


def test_validation_may_be_a_share_or_a_pair():
    net = classifier()
    history = net.fit(X, CLASSES, epochs=2, validation=0.25, metrics=["accuracy"])
    assert {"validation_loss", "validation_accuracy"} <= set(history[0])
    assert net.options.samples == 30
    history = net.fit(X[:30], CLASSES[:30], epochs=2, validation=(X[30:], CLASSES[30:]))
    expected = np.mean(
        [
            net.trace(x, np.eye(3)[c])["E"]
            for x, c in zip(X[30:], CLASSES[30:], strict=True)
        ]
    )
    assert history[-1]["validation_loss"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("rule", "stopped"),
    [(3, "early stopping"), (bl.EarlyStopping(3), "early stopping"), (None, "epochs")],
)
def test_early_stopping_may_be_a_number_a_rule_or_none(rule, stopped):
    net = classifier()
    history = net.fit(
        X,
        CLASSES,
        optimizer=bl.Adam(0.1),
        epochs=200,
        validation=0.3,
        early_stopping=rule,
    )
    assert history.stopped == stopped
    kept = net.training.best if rule else net.training.parameters
    assert_same_bits(kept, net.parameters)


def test_class_weight_moves_the_decision_towards_the_class():
    y = (RANDOM.uniform(size=400) < 0.1).astype(int)  # nothing to learn but the share
    noise = RANDOM.normal(size=(400, 2))
    found = {}
    for weight in (None, "balanced", {1: 9}):
        net = bl.Network(2, [bl.Dense(1)], "binary_cross_entropy_with_logits")
        net.fit(noise, y, optimizer=bl.Adam(0.05), epochs=60, class_weight=weight)
        found[str(weight)] = net.predict(noise).mean()
    assert found["None"] == pytest.approx(y.mean(), abs=0.03)
    assert found["balanced"] == pytest.approx(0.5, abs=0.05)
    odds = 9 * y.mean() / (9 * y.mean() + 1 - y.mean())
    assert found["{1: 9}"] == pytest.approx(odds, abs=0.05)


def test_float32_is_stored_as_float32(tmp_path):
    net = classifier()
    net.fit(X, CLASSES, epochs=2, dtype="float32")
    assert {p.dtype for p in net.parameters.values()} == {np.dtype("f4")}
    net.save(tmp_path / "m")
    again = bl.load(tmp_path / "m")
    assert {p.dtype for p in again.parameters.values()} == {np.dtype("f4")}
    assert (again.predict(X) == net.predict(X)).all()


def test_history_is_returned_and_kept():
    net = classifier()
    history = net.fit(X, CLASSES, epochs=3)
    assert history is net.training.history
    assert len(history) == 3


def test_fit_leaves_the_data_as_it_was():
    table, classes, weight = X.copy(), CLASSES.copy(), np.arange(40.0)
    classifier().fit(table, classes, epochs=2, sample_weight=weight, validation=0.2)
    assert (table == X).all()
    assert (classes == CLASSES).all()
    assert (weight == np.arange(40)).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs=0; it must be a whole number ≥ 1"),
        ({"batch_size": -1}, "batch_size=-1; it must be a whole number ≥ 1"),
        (
            {"metrics": ["acuracy"]},
            "unknown metric 'acuracy'; did you mean 'accuracy'?",
        ),
        ({"metrics": "f2"}, "unknown metric 'f2'"),
        ({"executor": "gpu"}, "unknown executor 'gpu'; known are auto, "),
        ({"threads": 0}, "threads=0; it must be a whole number ≥ 1"),
        ({"optimizer": "lion"}, "unknown optimizer 'lion'; known are sgd, momentum"),
        ({"optimizer": bl.Adam}, "optimizer=<class "),
        ({"early_stopping": 0}, "patience=0; it must be a whole number ≥ 1"),
        (
            {"early_stopping": bl.EarlyStopping(monitor="f")},
            "unknown column to monitor",
        ),
        ({"validation": 2}, "validation=2; it must be at least 0 and below 1"),
        ({"dtype": "half"}, "unknown dtype 'half'; known are float64, float32"),
        ({"dtype": np.float16}, "unknown dtype <class 'numpy.float16'>; known are"),
        ({"epochs": 2**70}, f"epochs={2**70}; it must be a whole number ≥ 1 and below"),
        ({"callbacks": [3]}, "callbacks holds 3; functions of the state are needed"),
        ({"validation": X}, "validation is an array; a share, or a pair (X, T)"),
        ({"seed": 0.5}, "seed=0.5; it must be a whole number ≥ 0"),
        ({"class_weight": {4: 1}}, "class_weight has the class 4; classes are 0 to 2"),
        ({"resume": True}, "resume=True, but the network holds no earlier training"),
    ],
)
def test_wrong_option_is_one_line_and_changes_nothing(options, message):
    net = classifier()
    before = {n: p.copy() for n, p in net.parameters.items()}
    with pytest.raises(OptionError) as caught:
        net.fit(X, CLASSES, **options)
    assert str(caught.value).startswith(message)
    assert_same_bits(before, net.parameters)


def test_nan_in_the_table_is_named_by_row_and_column():
    table = X.copy()
    table[7, 1] = np.nan
    with pytest.raises(DataError, match="X is nan at row 7, column 1"):
        classifier().fit(table, CLASSES)
    with pytest.raises(DataError, match="T is nan at row 7, column 0"):
        bl.Network(2, [bl.Dense(1)]).fit(X, table[:, 1])


def test_number_beyond_the_precision_is_named_by_row_and_column():
    table = X.copy()
    table[7, 1] = 1e300
    net = classifier()
    with pytest.raises(
        DataError, match=r"X is 1e\+300 at row 7, column 1, beyond float32"
    ):
        net.fit(table, CLASSES, epochs=1)
    pair = (table, CLASSES)
    with pytest.raises(DataError, match="beyond float32"):
        net.fit(X, CLASSES, epochs=1, validation=pair)
    net.fit(X * 1e100, CLASSES, epochs=1, dtype=np.float64)


def test_diverging_run_keeps_the_last_good_parameters():
    net = bl.Network(2, [bl.Dense(1)])
    with pytest.raises(NonFiniteError) as caught:
        net.fit(X, 1e9 * X[:, 0], optimizer=bl.SGD(1e20), epochs=9, batch_size=40)
    assert "in epoch " in str(caught.value)
    assert "batch 1; what usually helps: lower the learning rate" in str(caught.value)
    assert net.training.history.stopped == str(caught.value)
    assert net.training.step >= 1
    assert all(np.isfinite(p).all() for p in net.parameters.values())
    assert_same_bits(net.training.parameters, net.parameters)


# Going on


def press(state):
    if state.epoch == 3:
        raise KeyboardInterrupt


RUN = {
    "executor": "interpret",
    "optimizer": bl.Adam(bl.Cosine(0.1, 60)),
    "batch_size": 7,
    "validation": 0.25,
    "metrics": ["accuracy", "macro_f1"],
    "early_stopping": bl.EarlyStopping(50),
}
GOING_ON = {n: v for n, v in RUN.items() if n not in ("optimizer", "batch_size")}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_interrupted_training_is_resumed_bit_for_bit_also_through_a_file(
    tmp_path, dtype
):
    whole = classifier()
    whole.fit(X, CLASSES, epochs=8, dtype=dtype, **RUN)
    net = classifier()
    history = net.fit(X, CLASSES, epochs=8, dtype=dtype, callbacks=[press], **RUN)
    assert (history.stopped, len(history)) == ("interrupted", 3)
    net.save(tmp_path / "m.safetensors")
    for each in (net, bl.load(tmp_path / "m.safetensors")):
        history = each.fit(X, CLASSES, epochs=8, resume=True, **GOING_ON)
        assert history.stopped == "epochs"
        assert_same_networks(each, whole)


def test_interrupted_within_an_epoch_it_goes_on_within_it(tmp_path, monkeypatch):
    from backlit.train import step as module

    whole = classifier()
    whole.fit(X, CLASSES, epochs=8, **RUN)
    program, calls = module.step_program, []

    def interrupted(*args, **options):
        calls.append(1)
        if len(calls) == 13:  # five steps an epoch: in the third
            raise KeyboardInterrupt
        return program(*args, **options)

    monkeypatch.setattr(module, "step_program", interrupted)
    net = classifier()
    net.fit(X, CLASSES, epochs=8, **RUN)
    monkeypatch.undo()
    assert (net.training.epoch, net.training.batch) == (2, 2)
    net.save(tmp_path / "m")
    for each in (net, bl.load(tmp_path / "m")):
        each.fit(X, CLASSES, epochs=8, resume=True, **GOING_ON)
        assert_same_networks(each, whole)


def test_resumed_run_keeps_its_options():
    net = classifier()
    net.fit(X, CLASSES, epochs=2, batch_size=7, optimizer=bl.SGD(0.5), shuffle=False)
    whole = classifier()
    whole.fit(X, CLASSES, epochs=4, batch_size=7, optimizer=bl.SGD(0.5), shuffle=False)
    net.fit(X, CLASSES, epochs=4, resume=True, batch_size=20)
    assert_same_networks(net, whole)


def test_resume_needs_the_same_number_of_samples_and_harms_nothing():
    net = classifier()
    net.fit(X, CLASSES, epochs=2)
    before = {n: p.copy() for n, p in net.parameters.items()}
    with pytest.raises(DataError, match="training was on 40 samples, now there are 39"):
        net.fit(X[1:], CLASSES[1:], epochs=4, resume=True)
    assert_same_bits(before, net.parameters)
    net.fit(X, CLASSES, epochs=4, resume=True)
    assert net.training.epoch == 4


def test_after_early_stopping_going_on_without_it_keeps_the_last_parameters():
    net = classifier()
    history = net.fit(
        X,
        CLASSES,
        optimizer=bl.Adam(0.1),
        epochs=200,
        validation=0.3,
        early_stopping=2,
    )
    assert history.stopped == "early stopping"
    epochs = len(history) + 3
    history = net.fit(X, CLASSES, epochs=epochs, validation=0.3, resume=True)
    assert (history.best_epoch, len(history)) == (None, epochs)
    assert_same_bits(net.training.parameters, net.parameters)


def test_training_again_starts_a_new_run_from_the_parameters_there_are():
    net = classifier()
    net.fit(X, CLASSES, epochs=2)
    other = classifier()
    other.parameters.update(net.parameters)
    for each in (net, other):
        each.fit(X, CLASSES, epochs=2)
    assert_same_networks(net, other)


# Predicting


def test_one_sample_gives_one_prediction():
    net = classifier()
    assert net.predict([1, 2]).shape == (3,)
    assert net.predict([[1, 2]]).shape == (1, 3)
    assert net.predict(np.zeros((0, 2))).shape == (0, 3)
    with pytest.raises(DataError, match="the network has 2 inputs"):
        net.predict([1, 2, 3])


# Files


def test_network_file_gives_weights_sample_and_learning_rate(tmp_path):
    path = tmp_path / "net.toml"
    path.write_text(FILE)
    net = bl.load(path)
    assert net.parameters["dense1.weight"].tolist() == [[1, 2], [3, 4]]
    drawn = bl.Network(2, [bl.Dense(2, "tanh"), bl.Dense(1)], seed=3)
    assert (net.parameters["dense2.weight"] == drawn.parameters["dense2.weight"]).all()
    p = net.trace()
    assert (p["x"].tolist(), p["t"].tolist(), p.learning_rate) == (
        [0.5, 0.8],
        [1],
        0.25,
    )
    assert net.trace(learning_rate=2).learning_rate == 2


def test_notes_of_a_model_are_kept_when_it_is_saved_again(tmp_path):
    classifier().save(tmp_path / "a", preparation="[1]", run="[2]")
    loaded = bl.load(tmp_path / "a")
    loaded.save(tmp_path / "b", run="[3]")
    assert loaded.notes == {"preparation": "[1]", "run": "[2]"}
    assert bl.load(tmp_path / "b").notes == {"preparation": "[1]", "run": "[3]"}


def test_saved_network_file_keeps_its_learning_rate(tmp_path):
    (tmp_path / "net.toml").write_text(FILE)
    net = bl.load(str(tmp_path / "net.toml"))
    net.save(str(tmp_path / "m.safetensors"))
    again = bl.load(tmp_path / "m.safetensors")
    assert (again.learning_rate, again.seed) == (0.25, 3)
    assert again.architecture == net.architecture
    assert_same_bits(again.parameters, net.parameters)


@pytest.mark.parametrize(
    ("name", "content", "kind", "message"),
    [
        ("net.toml", "[network]\ninputs = 2", NetworkError, "the table [[layer]] is"),
        ("net.TOML", FILE.replace("units", "unit"), NetworkError, "unknown key 'unit'"),
        ("m.safetensors", FILE, DataError, "is no model, or was cut off"),
    ],
)
def test_file_that_is_no_network_is_refused(tmp_path, name, content, kind, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(kind) as caught:
        bl.load(tmp_path / name)
    assert message in str(caught.value)


def test_missing_files_and_directories_are_refused(tmp_path):
    for name in ("no.toml", "no.safetensors"):
        with pytest.raises(DataError, match="there is no such file"):
            bl.load(tmp_path / name)
    with pytest.raises(DataError, match="is a directory"):
        bl.load(tmp_path)
    with pytest.raises(DataError, match="is a directory"):
        classifier().save(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        classifier().save(tmp_path / "no" / "m")


def test_numbers_of_numpy_can_be_saved(tmp_path):
    layers = [
        bl.Dense(np.int64(3), initialiser=bl.Initialiser("normal", np.float32(1)))
    ]
    net = bl.Network(np.int64(2), layers, seed=np.int64(4), l2=np.float64(0.5))
    options = {"epochs": np.int64(1), "batch_size": np.int32(8), "seed": np.uint8(3)}
    net.fit(X, np.eye(3)[CLASSES], optimizer=bl.SGD(np.float32(0.1)), **options)
    net.save(tmp_path / "m")
    again = bl.load(tmp_path / "m")
    assert again.architecture == net.architecture
    assert again.options == net.options
