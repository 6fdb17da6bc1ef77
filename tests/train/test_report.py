import polars as pl

from backlit.train import preparation

PEOPLE = pl.DataFrame(
    {
        "id": range(1, 41),
        "name": [f"Ms {i}" for i in range(40)],
        "age": [None, 20, 30, 40] * 10,
        "height": [1.5, 1.75] * 20,
        "born": ["2000-01-01", "2001-01-01", None, "2002-01-01"] * 10,
        "member": [True, False] * 20,
        "city": ["Rome", "Oslo", None, "Bern"] * 10,
        "cabin": [None, *[f"C{i}" for i in range(39)]],
        "planet": ["Earth"] * 40,
        "galaxy": [1] * 40,
        "paid": ["yes", "no"] * 20,
    }
)


def test_report_says_in_sentences_what_was_done():
    assert preparation.learn(PEOPLE).report() == [
        "The target is 'paid', the last column.",
        "It holds text, so this is classification: no (20 rows), yes (20 rows).",
        "Standardised to mean 0 and deviation 1: age, height.",
        "Standardised as days: born.",
        "False and true became -1 and 1: member.",
        "One input for each value: city (Bern, Oslo, Rome).",
        (
            "Of these columns, only whether they have a value counts: "
            "cabin (a different text in every row)."
        ),
        (
            "Missing values have an input that marks them: "
            "age (10 rows, filled with the median 30), "
            "born (10 rows, filled with the median day), city (10 rows)."
        ),
        (
            "Left out: id (numbers the rows), name (a different text in every row), "
            "planet, galaxy (one value in every row)."
        ),
        "6 columns became 11 inputs, learnt from 40 training rows.",
    ]


def test_report_of_regression_says_how_to_turn_predictions_back():
    frame = pl.DataFrame({"size": [1, 2, 4], "price": [1.5, 2.5, 6.5]})
    assert preparation.learn(frame).report()[1] == (
        "It holds numbers that are not whole, so this is regression; they are "
        "standardised from mean 3.5 and deviation 2.16."
    )


def test_report_counts_what_is_too_much_to_name():
    wide = {f"x{i}": [float(i), 2.0, 3.0] for i in range(20)}
    sentences = preparation.learn(pl.DataFrame({**wide, "y": ["a", "b", "a"]})).report()
    assert "x0, x1" in sentences[2]
    assert sentences[2].endswith(" and 12 more.")


def test_report_names_the_number_of_pooled_categories():
    cities = [f"c{i % 3}" for i in range(300)] + [f"r{i % 18}" for i in range(36)]
    frame = pl.DataFrame({"city": cities, "y": [0, 1] * 168})
    told = preparation.learn(frame).report()
    assert "One input for each value: city (c0, c1, c2, 18 rare ones together)." in told
