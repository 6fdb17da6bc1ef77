"""`backlit export`, as a person uses it."""

import json
import re
from base64 import b64decode
from pathlib import Path
from zlib import decompress

import pytest

import backlit as bl

NEURON = (Path(__file__).parents[1] / "explain" / "neuron.toml").read_text()


@pytest.fixture
def export(run, folder):
    (folder / "neuron.toml").write_text(NEURON)

    def exported(*arguments):
        done = run("export", *arguments)
        assert (done.code, done.err) == (0, "")
        return done.out

    return exported


@pytest.mark.parametrize("source", ["neuron.toml", "spirals", "xor"])
def test_a_page_is_one_file_below_600_kb_that_fetches_nothing(export, folder, source):
    said = export(source, "--to", "page.html")
    text = (folder / "page.html").read_text()
    assert len(text.encode()) < 600_000
    assert re.fullmatch(
        r"page\.html: \d+ kB, opens from disk, with no network and no server\n", said
    )
    assert not re.findall(r'(?:src|href)="(?!data:)', text)
    packed = re.search(r'id="bundle">(.*?)</script>', text, re.DOTALL)[1]
    bundle = json.loads(decompress(b64decode(packed), wbits=-15))
    assert bundle["spec"]["network"]["inputs"] == 2


def test_a_picture_is_the_pass_over_the_sample(export, folder):
    export("neuron.toml", "--to", "neuron.svg")
    assert (folder / "neuron.svg").read_text() == str(
        bl.load("neuron.toml").trace().draw()
    )


def test_a_document_is_the_pass_worked_out(export, folder):
    export("neuron.toml", "--to", "neuron.tex")
    export("neuron.toml", "--to", "neuron.md")
    worked_out = bl.load("neuron.toml").trace().explain()
    assert (folder / "neuron.tex").read_text() == worked_out.latex()
    assert (folder / "neuron.md").read_text() == worked_out.markdown()


def test_of_a_table_the_first_sample_is_drawn(export, folder):
    export("xor", "--to", "xor.svg")
    assert "tanh" in (folder / "xor.svg").read_text()


def test_what_cannot_be_exported_is_told_in_one_line(fails, folder):
    (folder / "t.csv").write_text("a,b\n1,2\n3,x\n4,5\n")
    (folder / "d.html").mkdir()
    said = fails(2, "export", "t.csv", "--to", "t.csv")
    assert (
        said == "--to t.csv; the name of the file must end in .html, .svg, .tex or .md"
    )
    assert "x does not exist" in fails(1, "export", "xor", "--to", "x/y.html")
    assert "did you mean spirals" in fails(1, "export", "spirls", "--to", "a.html")
    assert "--to" in fails(2, "export", "xor")
    assert "a directory" in fails(1, "export", "xor", "--to", "d.html")


def test_what_is_read_is_not_replaced(fails, folder):
    (folder / "neuron.toml").write_text(NEURON)
    (folder / "link.svg").symlink_to("neuron.toml")
    said = fails(2, "export", "neuron.toml", "--to", "link.svg")
    assert "would replace what is read" in said
    assert (folder / "neuron.toml").read_text() == NEURON
