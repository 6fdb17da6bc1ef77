import csv
import random

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from backlit.errors import DataError, OptionError
from backlit.train import datasets, preparation, table
from backlit.train.preparation import Preparation


def passenger(number, chance):
    """Return one row of a passenger list with holes, quotes and commas."""
    sex = chance.choice(["male", "female"])
    survived = chance.random() < (0.85 if sex == "female" else 0.15)
    return {
        "PassengerId": number,
        "Survived": int(survived),
        "Pclass": chance.choice([1, 2, 3]),
        "Name": f'Doe{number}, Mr. J "Jo"',
        "Sex": sex,
        "Age": "" if chance.random() < 0.2 else round(chance.uniform(1, 80), 1),
        "Ticket": chance.choice([f"{number + 5000}", f"A/5 {number}"]),
        "Fare": round(chance.expovariate(1 / 30), 4),
        "Cabin": "" if chance.random() < 0.8 else f"C{number}",
        "Embarked": chance.choice(["S", "S", "S", "C", "Q", "NA"]),
        "Boarded": f"1912-04-{chance.randint(1, 15):02d}",
    }


@pytest.fixture
def ship(tmp_path):
    chance = random.Random(0)  # noqa: S311 - no secret
    rows = [passenger(number, chance) for number in range(1, 301)]
    path = tmp_path / "ship.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_passenger_list_is_learnt_and_can_be_predicted(ship):
    frame = table.read(ship)
    prepared = preparation.prepare(frame, "Survived")
    learnt = prepared.preparation
    assert learnt.task == "classification"
    assert learnt.classes == (0, 1)
    assert [c.name for c in learnt.left_out] == ["PassengerId", "Name", "Ticket"]
    assert learnt.inputs == (
        *("Pclass", "Sex = female", "Sex = male", "Age", "Age missing", "Fare"),
        *("Cabin given", "Embarked = C", "Embarked = Q", "Embarked = S"),
        *("Embarked missing", "Boarded"),
    )
    X, t = learnt.features(frame), learnt.targets(frame)
    train, test = prepared.train_rows, prepared.test_rows
    model = LogisticRegression().fit(X[train], t[train])
    assert model.score(X[test], t[test]) > 0.75
    labels = learnt.decode(model.predict_proba(X[test]))
    assert labels.tolist() == model.predict(X[test]).tolist()


def test_stored_preparation_does_the_same_to_new_rows_in_any_order(ship):
    frame = table.read(ship)
    learnt = preparation.learn(frame, "Survived")
    again = Preparation.from_json(learnt.to_json())
    assert again == learnt
    assert again.to_json() == learnt.to_json()
    assert again.report() == learnt.report()
    new = frame.select(reversed(frame.columns)).drop("Survived").with_columns(extra=1)
    assert np.array_equal(again.features(new), learnt.features(frame))


def test_rows_of_a_file_of_their_own_are_encoded_as_in_the_large_one(ship, tmp_path):
    frame = table.read(ship)
    learnt = preparation.learn(frame, "Survived")
    lines = ship.read_text().splitlines(keepends=True)
    for row in (0, 7, 77):
        path = tmp_path / f"{row}.csv"
        path.write_text(lines[0] + lines[row + 1])
        one = learnt.features(table.read(path, as_text=learnt.text_columns))
        assert np.array_equal(one, learnt.features(frame)[[row]])


def test_spelling_of_categories_survives_a_file_of_only_numbers(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("version,y\n" + "1.10,0\n1.1,1\nbeta,0\nrc,1\n" * 5)
    learnt = preparation.learn(table.read(path))
    assert learnt.text_columns == ("version",)
    path.write_text("version\n1.10\n")
    new = table.read(path, as_text=learnt.text_columns)
    assert learnt.features(new)[0].tolist() == [
        float(name == "version = 1.10") for name in learnt.inputs
    ]


def test_classes_of_text_are_read_as_text_again():
    learnt = preparation.learn(GOOD)
    assert learnt.text_columns == ("k", "y")


def test_semicolons_with_decimal_points_are_regression(tmp_path):
    path = tmp_path / "houses.csv"
    path.write_text(
        "size;place;price\n" + "50.5;town, east;100.25\n80.0;village;95.5\n" * 10
    )
    learnt = preparation.learn(table.read(path))
    assert learnt.task == "regression"
    assert learnt.inputs == ("size", "place = town, east", "place = village")
    frame = table.read(path)
    back = learnt.decode(learnt.targets(frame))
    assert back == pytest.approx(frame["price"].to_list())


def test_statistics_come_from_the_training_rows_alone():
    frame = pl.DataFrame({"x": [0.0, 2.0, 50.0, 70.0], "y": [0.5, 1.5, 9.5, 8.5]})
    learnt = preparation.learn(frame, rows=np.array([0, 1]))
    assert learnt == preparation.learn(frame[:2])


@pytest.mark.parametrize("name", datasets.NAMES)
def test_named_set_goes_the_way_of_files(name):
    data = datasets.load(name)
    frame = datasets.frame(data)
    learnt = preparation.prepare(frame).preparation
    assert (learnt.target.name, learnt.task) == (data.target_name, data.task)
    X = learnt.features(frame)
    assert X.shape == (len(data.target), len(learnt.inputs))
    targets = learnt.targets(frame)
    if data.classes:
        outputs = np.eye(len(learnt.classes))[targets]
        labels = [data.classes[i] for i in data.target]
        assert learnt.decode(outputs).astype(str).tolist() == labels
    else:
        assert learnt.decode(targets) == pytest.approx(data.target)


GOOD = pl.DataFrame({"x": [1.0, 2.0, 4.0], "k": ["a", "b", "a"], "y": ["s", "t", "s"]})


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ({"x": [1.0]}, "no column 'k'; it has 'x'"),
        ({"X": [1.0]}, "no columns 'x', 'k'; it has 'X'"),
        ({"x": ["1", "two"], "k": ["a", "b"]}, "needs a number, not the text 'two',"),
        ({"x": [1.0, np.inf], "k": ["a", "b"]}, "column 'x' holds inf in row 2"),
        ({"x": [True], "k": ["a"]}, "column 'x' holds values of type Boolean"),
    ],
)
def test_new_rows_that_do_not_fit_are_refused(new, message):
    with pytest.raises(DataError, match=message):
        preparation.learn(GOOD).features(pl.DataFrame(new))


def test_new_rows_need_no_target_until_it_is_asked_for():
    learnt = preparation.learn(GOOD)
    new = GOOD.drop("y")
    assert learnt.features(new).shape == (3, 3)
    with pytest.raises(DataError, match="no column 'y'"):
        learnt.targets(new)


def test_no_new_rows_give_no_inputs():
    assert preparation.learn(GOOD).features(GOOD.clear()).shape == (0, 3)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (GOOD.clear(), "the table has no rows"),
        (GOOD[:1], "only one row to learn from; at least 2"),
        (GOOD.select("y"), "only the column 'y'"),
        (
            pl.DataFrame({"a": [1, 1, 1], "b": ["p", "q", "r"], "y": [1.5, 2.5, 3.0]}),
            r"no column is left .* \('a': one value in every row; 'b': a different",
        ),
    ],
)
def test_table_that_cannot_be_learnt_is_refused(frame, message):
    for learn in (preparation.learn, preparation.prepare):
        with pytest.raises(DataError, match=message):
            learn(frame)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "x", '{"columns": 3}', b"\xff\xfe"]
)
def test_text_that_is_no_preparation_is_refused(text):
    with pytest.raises(DataError, match="not a stored preparation"):
        Preparation.from_json(text)


def test_preparation_with_an_unknown_part_is_refused():
    stored = msgspec.json.decode(preparation.learn(GOOD).to_json())
    with pytest.raises(DataError, match="unknown field `extra`"):
        Preparation.from_json(msgspec.json.encode({**stored, "extra": 1}))


cells = st.one_of(
    st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=6, max_size=6),
    st.lists(st.one_of(st.none(), st.sampled_from("pqr")), min_size=6, max_size=6),
    st.lists(st.one_of(st.none(), st.booleans()), min_size=6, max_size=6),
    st.lists(st.one_of(st.none(), st.dates()), min_size=6, max_size=6),
)


@settings(deadline=None)
@given(st.lists(cells, min_size=1, max_size=4))
def test_any_table_is_learnt_stored_and_applied_or_refused(columns):
    frame = pl.DataFrame(
        [pl.Series(f"c{i}", values) for i, values in enumerate(columns)]
    ).with_columns(y=pl.Series([0, 1, 0, 1, 0, 1]))
    try:
        learnt = preparation.learn(frame)
    except DataError as error:
        assert "no column is left" in str(error)  # noqa: PT017 - may also not raise
        return
    again = Preparation.from_json(learnt.to_json())
    X = again.features(frame)
    assert again == learnt
    assert X.tobytes() == learnt.features(frame).tobytes()
    assert X.shape == (6, len(learnt.inputs))
    assert np.isfinite(X).all()
    assert all(sentence.endswith(".") for sentence in learnt.report())


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=60),
    st.floats(0, 0.99),
    st.integers(0, 99),
)
def test_split_is_stratified_and_whole(labels, test, seed):
    labels = np.array(labels)
    train_rows, test_rows = preparation.split(labels, test, seed)
    both = np.sort(np.concatenate([train_rows, test_rows]))
    assert both.tolist() == list(range(len(labels)))
    classes, counts = np.unique(labels, return_counts=True)
    free = len(labels) - len(classes)
    assert len(test_rows) == min(round(test * len(labels)), free)
    for label, count in zip(classes, counts, strict=True):
        taken = (labels[test_rows] == label).sum()
        share = len(test_rows) / max(free, 1)
        assert taken <= count - 1
        assert abs(taken - share * (count - 1)) <= 1


def test_split_keeps_the_shares_of_classes():
    labels = np.repeat(["a", "b", "c"], [100, 40, 10])
    for seed in range(10):
        test_rows = preparation.split(labels, 0.2, seed)[1]
        counts = np.unique(labels[test_rows], return_counts=True)[1]
        assert np.abs(counts - [20, 8, 2]).max() <= 1


def test_split_depends_on_the_seed_alone():
    first, again, other = (preparation.split(50, 0.2, seed) for seed in (3, 3, 4))
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])
    numbers = np.random.default_rng(0).standard_normal(50)
    assert np.array_equal(preparation.split(numbers, 0.2, 3)[1], first[1])


def test_every_row_is_tested_about_as_often():
    seeds = range(400)
    labels = np.repeat([0, 1], 20)
    times = np.bincount(
        np.concatenate([preparation.split(labels, 0.25, seed)[1] for seed in seeds])
    )
    assert times.min() > 60
    assert times.max() < 140


@pytest.mark.parametrize("test", [-0.1, 1.0, float("nan")])
def test_share_outside_its_range_is_refused(test):
    with pytest.raises(OptionError, match="a share from 0 to below 1"):
        preparation.split(10, test)


def test_small_table_is_for_training_alone_unless_asked():
    xor = datasets.frame(datasets.load("xor"))
    assert len(preparation.prepare(xor).test_rows) == 0
    assert len(preparation.prepare(xor, test=0.25).test_rows) == 1
    iris = datasets.frame(datasets.load("iris"))
    assert len(preparation.prepare(iris).test_rows) == 30


def test_split_of_a_table_depends_on_the_seed():
    iris = datasets.frame(datasets.load("iris"))
    first, again, other = (preparation.prepare(iris, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.test_rows, again.test_rows)
    assert not np.array_equal(first.test_rows, other.test_rows)
