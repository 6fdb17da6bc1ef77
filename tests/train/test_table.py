import errno
import re
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from backlit.errors import DataError
from backlit.train import preparation, table

FRAME = pl.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"], "y": [0.5, 1.5, 2.5]})


def npz(path, **arrays):
    np.savez(path, **arrays)
    return path


def refusal(path):
    """Return the one line with which a file is refused."""
    with pytest.raises(DataError) as caught:
        table.read(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("suffix", [".csv", ".txt", ".CSV"])
def test_text_file_is_read(tmp_path, suffix):
    path = tmp_path / f"d{suffix}"
    FRAME.write_csv(path)
    assert table.read(path).equals(FRAME)


def test_tsv_file_is_read(tmp_path):
    FRAME.write_csv(tmp_path / "d.tsv", separator="\t")
    assert table.read(str(tmp_path / "d.tsv")).equals(FRAME)


def test_parquet_file_is_read(tmp_path):
    FRAME.write_parquet(tmp_path / "d.parquet")
    assert table.read(tmp_path / "d.parquet").equals(FRAME)


@pytest.mark.parametrize("name", ["y", "t", "target"])
def test_npz_file_has_named_features_and_its_target_last(tmp_path, name):
    X = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    frame = table.read(npz(tmp_path / "d.npz", X=X, **{name: [1, 0]}))
    assert frame.columns == ["x1", "x2", name]
    assert frame.rows() == [(1.0, 2.0, 1), (3.0, 4.0, 0)]
    assert frame.dtypes == [pl.Float64, pl.Float64, pl.Int64]


def test_npz_file_may_hold_text_and_no_target(tmp_path):
    words = np.array([["a", "b"]])
    assert table.read(npz(tmp_path / "d.npz", X=words)).rows() == [("a", "b")]


def test_npz_target_may_be_one_column(tmp_path):
    path = npz(tmp_path / "d.npz", X=np.array([[2]]), y=np.array([[True]]))
    assert table.read(path).rows() == [(2, True)]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"Z": np.zeros(3)}, r"no array X, but Z; save it with np\.savez"),
        ({"X": np.zeros(3)}, r"shape \(3,\); rows by features .* X\.reshape\(3, -1\)"),
        ({"X": np.zeros(())}, r"shape \(\); rows by features"),
        ({"X": np.zeros((2, 3, 4))}, r"X\.reshape\(2, -1\)"),
        ({"X": np.zeros((2, 3)), "y": np.zeros(3)}, "y has shape .* X has 2 rows"),
        ({"X": np.zeros((2, 3)), "y": np.eye(2)}, r"y\.argmax\(1\)"),
        ({"X": np.zeros((0, 3))}, "0 rows"),
        ({"X": np.zeros((3, 0))}, "0 columns"),
        ({"X": np.zeros((2, 2), complex)}, "type complex128"),
        ({"X": np.array([[None, 1]], dtype=object)}, "pickled objects"),
    ],
)
def test_npz_with_unfit_arrays_is_refused(tmp_path, arrays, message):
    assert re.search(message, refusal(npz(tmp_path / "d.npz", **arrays)))


@pytest.mark.parametrize("suffix", [".parquet", ".npz"])
@pytest.mark.parametrize("content", [b"hello", b"PAR1", b"PK\x03\x04", b"PAR1xPAR1"])
def test_file_of_another_kind_is_refused(tmp_path, suffix, content):
    path = tmp_path / f"d{suffix}"
    path.write_bytes(content)
    assert re.search(r"is not an? |is a damaged ", refusal(path))


def damaged(content):
    """Yield the content cut off, or with three bytes overwritten, in many places."""
    for place in range(1, len(content), 5):
        yield content[:place]
        yield content[:place] + b"\xff" * 3 + content[place + 3 :]


def test_damaged_npz_is_read_or_refused(tmp_path):
    intact = npz(tmp_path / "d.npz", X=np.eye(2), y=np.zeros(2)).read_bytes()
    path = tmp_path / "e.npz"
    refused = 0
    for content in damaged(intact):
        path.write_bytes(content)
        try:
            table.read(path)
        except DataError:
            refused += 1
    assert refused > len(intact) / 5


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (b"hi", "X has shape ()"),
        (b"\x93NUMPY\x01\x00\x02\x00{\n", "is a damaged npz file: "),
    ],
)
def test_npz_member_that_is_no_array_is_refused(tmp_path, member, message):
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as archive:
        archive.writestr("X.npy", member)
    assert message in refusal(tmp_path / "d.npz")


def test_truncated_parquet_is_refused(tmp_path):
    FRAME.write_parquet(tmp_path / "d.parquet")
    content = (tmp_path / "d.parquet").read_bytes()
    path = tmp_path / "e.parquet"
    path.write_bytes(content[: len(content) // 2])
    assert "cut off" in refusal(path)


def test_panic_of_the_parquet_reader_is_refused(tmp_path, monkeypatch):
    FRAME.write_parquet(tmp_path / "d.parquet")

    def panic(_):
        raise pl.exceptions.PanicException("assertion failed\nat line 1")

    monkeypatch.setattr(pl, "read_parquet", panic)
    assert refusal(tmp_path / "d.parquet").endswith("Parquet file: assertion failed")


def test_parquet_without_rows_is_refused(tmp_path):
    FRAME.clear().write_parquet(tmp_path / "d.parquet")
    assert "0 rows and 3 columns" in refusal(tmp_path / "d.parquet")


def test_missing_file_is_refused_with_a_name_much_like_it(tmp_path):
    FRAME.write_csv(tmp_path / "houses.csv")
    message = refusal(tmp_path / "house.csv")
    assert message.endswith("does not exist; did you mean houses.csv?")
    assert refusal(tmp_path / "no" / "d.csv").endswith("does not exist; check the name")


@pytest.mark.parametrize("name", ["folder", "folder.csv"])
def test_directory_is_refused(tmp_path, name):
    (tmp_path / name).mkdir()
    assert "is a directory" in refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(errno.EACCES, "no"), "may not be read by this user"),
        (OSError(errno.EIO, "Input/output error"), "cannot be read: Input/output"),
    ],
)
def test_file_that_the_system_does_not_give_is_refused(
    tmp_path, monkeypatch, error, message
):
    def refuse(_):
        raise error

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert message in refusal(tmp_path / "d.csv")


@pytest.mark.parametrize("suffix", table.SUFFIXES)
def test_file_of_no_bytes_is_refused(tmp_path, suffix):
    (tmp_path / f"d{suffix}").touch()
    assert "is empty" in refusal(tmp_path / f"d{suffix}")


@pytest.mark.parametrize(
    ("name", "found"), [("d.xlsx", "the suffix .xlsx"), ("d", "a name without suffix")]
)
def test_unknown_suffix_is_refused_with_those_there_are(tmp_path, name, found):
    message = refusal(tmp_path / name)
    assert found in message
    assert ".csv, .tsv, .txt, .parquet, .npz" in message


def test_located_error_names_file_row_and_line(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text('name,age,y\n"a\nb",1,0\n\nx,2,1\ny,abc,1\nz,4,0\n')
    message = f"{path}: column 'age' has 'abc' among its numbers in row 3 (line 6); "
    with pytest.raises(DataError) as caught, table.located(path):
        preparation.learn(table.read(path))
    assert str(caught.value).startswith(message)


def test_located_error_of_a_file_without_lines_names_the_row(tmp_path):
    path = npz(tmp_path / "d.npz", X=[[1.0], [np.inf], [2.0]], y=[0, 1, 0])
    with pytest.raises(DataError, match="holds inf in row 2; "), table.located(path):
        preparation.learn(table.read(path))
