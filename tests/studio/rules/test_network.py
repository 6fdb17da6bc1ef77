"""In a page the derivation of a weight is, line by line, the one that is printed."""

import pytest

import backlit as bl
from backlit.studio.bundle import bundle
from backlit.studio.page import page
from backlit.studio.spec import LESSON

NAME = "dense1.weight[0,1]"
MOST_KEYS = 40


@pytest.fixture(scope="module")
def derivation(browser, tmp_path_factory):
    """Return the tab of a page whose weight is asked about by the keyboard alone."""
    file = tmp_path_factory.mktemp("page") / "neuron.html"
    file.write_text(page(bundle(LESSON)), "utf-8")
    tab = browser.new_page()
    tab.goto(file.as_uri())
    tab.wait_for_function("document.querySelector('.studio input.number')?.value")
    tab.get_by_role("treeitem").first.focus()
    title = tab.locator("section[aria-label='Why this number'] h2 small")
    for _ in range(MOST_KEYS):
        tab.keyboard.press("ArrowRight")
        tab.keyboard.press("ArrowDown")
        tab.wait_for_timeout(20)
        if title.count() and title.inner_text() == NAME:
            break
    tab.keyboard.press("Enter")
    yield tab
    tab.close()


def spoken(tab):
    return tab.locator("section[aria-label='Why this number'] .line > .unseen")


def test_its_lines_are_those_of_the_explanation(derivation):
    net = bl.Network(2, [bl.Dense(1, "sigmoid")])
    layer = LESSON.layer[0]
    net.parameters["dense1.weight"] = layer.weight
    net.parameters["dense1.bias"] = layer.bias
    explained = str(net.trace([0.5, 0.8], [1.0], learning_rate=0.5).explain(NAME))
    printed = {" ".join(line.split()) for line in explained.splitlines()}
    lines = spoken(derivation).all_inner_texts()
    *others, update = lines
    assert len(others) == 7
    assert [line for line in others if line not in printed] == []
    assert any(line.startswith(update) for line in printed)  # not worked out yet


def test_a_term_leads_on_and_back(derivation):
    panel = derivation.locator("section[aria-label='Why this number']")
    panel.get_by_role("button", name="∂E/∂y, of dense1.output[0]").first.click()
    title = panel.locator("h2 small")
    assert title.inner_text() == "dense1.output[0]"
    panel.get_by_role("button", name="Back").click()
    assert title.inner_text() == NAME


def test_the_nudge_test_agrees(derivation):
    panel = derivation.locator("section[aria-label='Why this number']")
    assert "✓ Moving it does to E what the gradient says." in panel.inner_text()
