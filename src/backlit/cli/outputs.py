"""Files that commands write, looked at before hours of work go into them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from backlit.errors import DataError, OptionError
from backlit.train import checkpoint

if TYPE_CHECKING:
    from pathlib import Path


def check_writable(path: Path) -> None:
    """Check that a file can be written there, as far as this can be known before.

    Raises:
        DataError: It is a directory, or its folder does not exist or is closed.
    """
    if path.is_dir():
        raise DataError(f"{path} is a directory; give the name of a file to write")
    if not path.parent.is_dir():
        raise DataError(f"{path}: the folder {path.parent} does not exist")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise DataError(f"{path}: no permission to write it")


def check_model(path: Path) -> None:
    """Check that a model can be written there, and would replace nothing but a model.

    Raises:
        DataError: As `check_writable`, or another file is there.
        OptionError: The name is that of a network file, which people write.
    """
    if path.suffix.lower() == ".toml":
        raise OptionError(f"--out {path}; a model's name ends in .safetensors")
    check_writable(path)
    if not path.is_file():
        return
    try:
        checkpoint.load(path)
    except DataError:
        raise DataError(
            f"{path} exists and is no model that this backlit reads, so it is not "
            "replaced; name another file with --out"
        ) from None


def check_picture(path: Path) -> None:
    """Check that a picture can be written there.

    Raises:
        DataError: As `check_writable`.
        OptionError: The name does not end in .svg.
    """
    if path.suffix.lower() != ".svg":
        raise OptionError(f"--plot {path}; the picture is an SVG: end the name in .svg")
    check_writable(path)
