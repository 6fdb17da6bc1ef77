from __future__ import annotations

import re

import numpy as np
import pytest
from conftest import network, recorded

from backlit.draw.extent import extent
from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.network.quantities import split_name


def number(text):
    """Read the number that a text ends in."""
    found = text.rpartition("= ")[2].replace("−", "-")
    powers = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    mantissa, ten, power = re.fullmatch(r"(.*?)(?: · )?(10)?([⁻⁰-⁹¹²³]*)", found).groups()
    if not ten:
        return float(found)
    return float(mantissa or 1) * 10.0 ** int(power.translate(powers))
