"""LaTeX that compiles, whatever the names hold."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from backlit.explain.typeset.document import (
    Bullets,
    Check,
    Display,
    Document,
    Heading,
    Note,
    Paragraph,
    Table,
)
from backlit.explain.typeset.latex import ROWS_PER_PAGE, block_source, render
from backlit.explain.typeset.mathematics import (
    Add,
    Call,
    Divide,
    Multiply,
    Number,
    Symbol,
    equation,
    symbol,
)

NASTY = "_&%$#<>{}\\~^\"'`|*[]()!?@;:,.-+=/ -- '' ,, ?` naïve Größe 重み\x1b"
BASE_PACKAGES = {"inputenc", "fontenc", "amsmath", "geometry"}


def nasty_blocks():
    bracket = Symbol("[")
    return (
        Heading(1, NASTY),
        Heading(3, NASTY),
        Paragraph((NASTY, Symbol(NASTY), Symbol("w", (NASTY, 1), NASTY))),
        Display((equation(Symbol(NASTY), "=", Call(NASTY, (bracket,))),) * 2),
        Table((NASTY, "[n]"), ((NASTY, Number(-0.5)), ("[x]", Number(1e-7))), NASTY),
        Table((NASTY, NASTY), ((NASTY * 3, "* *"), ("[x]", "long words " * 30))),
        Bullets((NASTY, "[x]")),
        Bullets(()),
        Display(()),
        Check(True, NASTY),
        Note(NASTY),
    )


def long_blocks():
    terms = tuple(
        Multiply((Number(-0.123456789 - i), Number(0.987654321))) for i in range(60)
    )
    rows = tuple((str(i), Number(i + 0.5)) for i in range(ROWS_PER_PAGE * 2))
    return (
        Display((equation(symbol("Sigma"), "=", Add(terms)),)),
        Display((equation(symbol("y"), "=", Divide(Add(terms), Number(60))),)),
        Display(
            (equation(symbol("y"), "=", Call("f", (Divide(Add(terms), symbol("n")),))),)
        ),
        Table(("n", "value"), rows),
    )


def compiled(source, folder):
    (folder / "a.tex").write_text(source, "ascii")
    command = ["pdflatex", "-draftmode", "-interaction=nonstopmode", "-halt-on-error"]
    done = subprocess.run(  # noqa: S603 (our own source)
        [*command, "a.tex"], cwd=folder, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode("latin-1")


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed"
)
def test_the_article_compiles_and_nothing_runs_off_the_page(story, tmp_path):
    blocks = (*story.blocks, *long_blocks())
    code, log = compiled(render(Document(story.title, blocks)), tmp_path)
    assert code == 0, log[-2000:]
    assert "Overfull" not in log
    code, log = compiled(render(Document(NASTY, nasty_blocks())), tmp_path)
    assert code == 0, log[-2000:]


def test_only_base_packages_are_used(story):
    packages = re.findall(r"\\usepackage(?:\[.*?\])?\{(.*?)\}", render(story))
    assert set(packages) == BASE_PACKAGES


@pytest.mark.parametrize("standalone", [True, False])
def test_the_source_is_ascii_and_its_braces_balance(story, standalone):
    document = Document(NASTY, (*story.blocks, *nasty_blocks()))
    source = render(document, standalone=standalone)
    assert source.isascii()
    bare = re.sub(r"\\[\\{}]", "", source)
    assert bare.count("{") == bare.count("}")
    assert source.count(r"\begin{") == source.count(r"\end{")


def test_a_part_has_no_preamble(story):
    source = render(story, standalone=False)
    assert source.startswith(r"\section*{How the weight w\ensuremath{_{1}} learns}")
    assert "documentclass" not in source
    assert r"\begin{document}" not in source


def test_a_long_sum_breaks_into_lines():
    source = block_source(long_blocks()[0])
    assert source.count("\\\\\n") > 10
    assert max(map(len, source.splitlines())) < 130


def test_a_long_table_is_cut_into_pages_with_its_header_on_each():
    source = block_source(long_blocks()[-1])
    assert source.count(r"\begin{tabular}") == 2
    assert source.count("n & ") == 2


def test_numbers_of_a_table_are_cut_at_their_point():
    rows = (("a", Number(-0.5)), ("b", Number(150)), ("c", Number(1.25e-7)))
    source = block_source(Table(("x", "y"), rows))
    assert r"\begin{tabular}{lr@{}l}" in source
    assert "a & $-0$ & $.5$" in source
    assert "b & $150$ &  \\\\" in source
    assert r"c & $1$ & $.25 \cdot 10^{-7}$" in source


def test_a_column_of_long_text_wraps():
    source = block_source(Table(("a", "b"), (("x", "long words " * 20),)))
    assert re.search(r"\{tabular\}\{lp\{0\.\d+\\linewidth\}\}", source)


def test_a_check_says_it_in_words():
    assert block_source(Check(False, "x")) == r"✗ \textbf{fails:} x"


def test_a_thing_that_is_no_block_is_named():
    with pytest.raises(TypeError, match="str is no block"):
        block_source("text")
