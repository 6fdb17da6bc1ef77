import os

import pytest

import backlit as bl
from backlit.cli.outputs import check_model, check_picture, check_writable
from backlit.errors import DataError, OptionError


def test_new_file_and_a_model_may_be_written(tmp_path):
    path = tmp_path / "m.safetensors"
    check_model(path)
    bl.Network(1, [bl.Dense(1)]).save(path)
    check_model(path)


def test_file_that_is_no_model_is_not_to_be_replaced(tmp_path):
    path = tmp_path / "m.safetensors"
    path.write_text("my notes")
    with pytest.raises(DataError, match=r"is no model .*name another file with --out"):
        check_model(path)


def test_network_file_is_no_place_for_a_model(tmp_path):
    with pytest.raises(OptionError, match=r"ends in .safetensors"):
        check_model(tmp_path / "net.TOML")


def test_folder_must_exist_and_be_open(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="is a directory"):
        check_writable(tmp_path)
    with pytest.raises(DataError, match=r"the folder .* does not exist"):
        check_writable(tmp_path / "no" / "file")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DataError, match="no permission to write it"):
        check_writable(tmp_path / "file")


def test_picture_is_an_svg(tmp_path):
    check_picture(tmp_path / "a.svg")
    with pytest.raises(OptionError, match=r"end the name in .svg"):
        check_picture(tmp_path / "a.png")
