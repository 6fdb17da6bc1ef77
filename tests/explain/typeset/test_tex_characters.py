"""Whatever is typed becomes ASCII that LaTeX reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.explain.typeset.tex_characters import commands


@given(st.text())
def test_the_source_is_ascii_and_has_no_controls(text):
    assert all(
        " " <= character <= "~" or character == "\n" for character in commands(text)
    )


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("é", r"\'{e}"),
        ("e\u0301", r"\'{e}"),
        ("ç", r"\c{c}"),
        ("ß", r"\ss{}"),
        ("σ", r"\ensuremath{\sigma}"),
        ("x₁₂", r"x\ensuremath{_{1}}\ensuremath{_{2}}"),
        ("10⁻⁷", r"10\ensuremath{^{-}}\ensuremath{^{7}}"),
        ("a → b", r"a \ensuremath{\rightarrow} b"),
        ("…", r"\dots{}"),
        ("重", r"\texttt{U+91CD}\allowbreak{}"),
        ("a\u00a0b", "a b"),
        ("plain\ntext", "plain\ntext"),
    ],
)
def test_characters_become_commands(text, source):
    assert commands(text) == source
