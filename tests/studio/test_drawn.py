"""Journeys in the diagram of an exported page: looked at, taken hold of, heard."""

import re

import numpy as np
import pytest

import backlit as bl
from backlit.network.file import LayerTable, NetworkTable, SampleTable
from backlit.studio.bundle import bundle
from backlit.studio.page import page
from backlit.studio.spec import LESSON, Spec

pytestmark = pytest.mark.slow
WIDE = Spec(
    NetworkTable(3, seed=2),
    [LayerTable(12, activation="tanh"), LayerTable(1)],
    SampleTable([[0.1, 0.2, 0.3], [0.3, -0.4, 0.5]], [[1.0], [0.0]]),
    batch_size=2,
)
WEIGHT = (192, 49)  # where the number of w₁ stands in the lesson's drawing
SUM = (452, 164)


@pytest.fixture(scope="module")
def files(tmp_path_factory, request):
    request.getfixturevalue("built")
    folder = tmp_path_factory.mktemp("pages")
    for name, spec in {"neuron": LESSON, "wide": WIDE}.items():
        (folder / f"{name}.html").write_text(page(bundle(spec)), "utf-8")
    return {file.stem: file.as_uri() for file in folder.iterdir()}


@pytest.fixture
def opened(browser, files):
    """Return a function that opens a page; any error in it fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    errors = []

    def opened(name):
        tab = context.new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(files[name])
        tab.wait_for_selector(".stage svg text")
        return tab

    yield opened
    context.close()
    assert errors == []


def at(tab, place, width=944):
    """Return where a point of the drawing is on the page."""
    box = tab.locator(".stage").bounding_box()
    scale = box["width"] / width
    return box["x"] + place[0] * scale, box["y"] + place[1] * scale


def texts(tab, kind="equation"):
    tab.wait_for_timeout(150)
    return tab.locator(f".stage svg text.{kind}").all_text_contents()


def focused(tab):
    tab.wait_for_timeout(80)
    return tab.evaluate("document.activeElement.textContent.trim()")


def heard(tab):
    """Put the focus on the tree."""
    tab.locator(".diagram [role=treeitem][tabindex='0']").focus()


def where(tab):
    return tab.locator(".diagram nav [aria-current]").inner_text()


def test_a_weight_is_changed_by_drag_wheel_and_typing(opened):
    tab = opened("neuron")
    assert texts(tab) == ["w₁ = 0.4", "w₂ = −0.6"]
    x, y = at(tab, WEIGHT)
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x, y - 40, steps=5)
    tab.mouse.up()
    assert texts(tab)[0] == "w₁ = 0.6"
    tab.mouse.move(x, y)
    tab.mouse.wheel(0, 100)
    assert texts(tab)[0] == "w₁ = 0.59"
    tab.mouse.click(x, y)
    field = tab.locator(".diagram input")
    field.fill("-0,25")
    assert texts(tab)[0] == "w₁ = −0.25"
    field.press("Shift+ArrowUp")
    assert texts(tab)[0] == "w₁ = −0.15"


def test_what_is_no_number_is_refused_with_one_line(opened):
    tab = opened("neuron")
    tab.mouse.click(*at(tab, WEIGHT))
    tab.locator(".diagram input").fill("abc")
    said = tab.locator(".diagram [role=alert]").inner_text()
    assert said == "“abc” is no number; write one like 0.5 or -1.2e-3."
    assert texts(tab)[0] == "w₁ = 0.4"


@pytest.mark.parametrize("entry", ["7x", "1e400", "1/", "1.2.3"])
def test_an_entry_that_ends_as_no_number_leaves_the_value_as_it_was(opened, entry):
    tab = opened("neuron")
    tab.mouse.click(*at(tab, WEIGHT))
    field = tab.locator(".diagram input")
    field.press_sequentially(entry)
    assert tab.locator(".diagram [role=alert]").count() == 1
    assert texts(tab)[0] == "w₁ = 0.4"
    field.press("Enter")  # stays, with its message
    assert field.count() == 1


def test_escape_keeps_the_value_before_typing_and_enter_what_is_typed(opened):
    tab = opened("neuron")
    field = tab.locator(".diagram input")
    for entry, key, left in (
        ("7", "Escape", "0.4"),
        ("", "Enter", "0.4"),
        ("1/3", "Enter", "0.3333"),
    ):
        tab.mouse.click(*at(tab, WEIGHT))
        field.press("Delete")
        field.press_sequentially(entry)
        field.press(key)
        assert field.count() == 0
        assert texts(tab)[0] == f"w₁ = {left}"


def test_each_gesture_is_taken_back_by_itself(opened):
    tab = opened("neuron")
    x, y = at(tab, WEIGHT)
    for _ in range(2):
        tab.mouse.move(x, y)
        tab.mouse.down()
        tab.mouse.move(x, y - 20, steps=5)
        tab.mouse.up()
    tab.mouse.move(x, y)
    for _ in range(3):
        tab.mouse.wheel(0, -100)
    assert texts(tab)[0] == "w₁ = 0.63"
    tab.mouse.click(x, y)
    field = tab.locator(".diagram input")
    field.press_sequentially("12.5")
    field.press("ArrowUp")
    field.press("ArrowUp")
    found = [texts(tab)[0]]
    for _ in range(5):
        tab.keyboard.press("Control+z")
        found.append(texts(tab)[0])
    assert found == [f"w₁ = {w}" for w in (14.5, 12.5, 0.63, 0.6, 0.5, 0.4)]


def test_results_of_a_change_are_those_of_python(opened):
    tab = opened("neuron")
    tab.mouse.click(*at(tab, (48, 60)))  # x₁
    tab.locator(".diagram input").fill("2")
    net = bl.Network(2, [bl.Dense(1, "sigmoid")])
    net.parameters["dense1.weight"] = [[0.4, -0.6]]
    net.parameters["dense1.bias"] = [0.1]
    y = net.predict(np.array([[2.0, 0.8]])).item()
    assert f"{y:.4g}" in texts(tab, "value")


def test_an_operation_and_a_neuron_are_looked_at_from_near(opened):
    tab = opened("neuron")
    tab.mouse.dblclick(*at(tab, SUM))
    card = tab.get_by_role("dialog", name=re.compile("Formula"))
    assert card.locator("math").count() > 3
    tab.keyboard.press("Escape")
    assert card.count() == 0
    assert where(tab) == "Network"


def test_a_wide_layer_opens_and_nothing_else_moves(opened):
    tab = opened("wide")
    before = tab.locator(".stage svg circle").evaluate_all(
        "all => all.map(c => c.getAttribute('cx') + ' ' + c.getAttribute('cy'))"
    )
    fold = tab.locator(".stage svg .fold rect").bounding_box()
    tab.mouse.click(fold["x"] + fold["width"] / 2, fold["y"] + fold["height"] / 2)
    assert where(tab) == "Layer 1 opened, 12 of 12 shown"
    after = tab.locator(".stage svg circle").evaluate_all(
        "all => all.map(c => c.getAttribute('cx') + ' ' + c.getAttribute('cy'))"
    )
    assert len(after) == len(before) + 8
    assert len(set(before) & set(after)) >= len(before) - 4


def test_the_tree_leads_to_every_weight_by_keys_alone(opened):
    tab = opened("wide")
    heard(tab)
    for key in ("ArrowDown", "ArrowRight", *["ArrowDown"] * 12, "ArrowRight"):
        tab.keyboard.press(key)
    assert focused(tab).startswith("neuron 12: value ")
    tab.keyboard.press("ArrowDown")
    assert focused(tab).startswith("weight from input 1: value ")
    tab.keyboard.press("Enter")  # its number, beside the line
    tab.keyboard.press("Control+a")
    tab.keyboard.type("0.5")
    tab.keyboard.press("Enter")
    assert focused(tab).startswith("weight from input 1: value 0.5, gradient ")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("Enter")
    assert where(tab) == "Layer 1, neuron 12"
    assert "w⁽¹⁾₁₂,₁ = 0.5" in texts(tab)
    tab.keyboard.press("Escape")
    assert where(tab) == "Network"


def test_each_sample_of_the_batch_can_be_shown(opened):
    tab = opened("wide")
    first = texts(tab, "value")
    tab.locator(".diagram").get_by_label("Next sample").click()
    assert texts(tab, "value") != first


def test_what_is_pointed_at_is_pointed_at_in_the_derivation(opened):
    tab = opened("neuron")
    tab.mouse.move(*at(tab, WEIGHT))
    tab.wait_for_timeout(200)
    assert tab.locator(".stage svg .halo").count() == 2


def test_the_wheel_scrolls_the_page_over_a_weight_that_is_not_selected(opened):
    tab = opened("neuron")
    tab.mouse.move(*at(tab, WEIGHT))
    tab.mouse.wheel(0, -100)
    assert texts(tab)[0] == "w₁ = 0.4"
    tab.get_by_role("button", name="Help").click()
    said = tab.get_by_role("dialog").inner_text()
    assert "not selected, the wheel scrolls" in said


def test_the_scale_of_widths_stays_while_a_weight_gets_smaller(opened):
    tab = opened("neuron")
    legend = tab.locator("[aria-label=Legend]")
    box = tab.locator(".stage svg text.equation").last.bounding_box()  # w₂
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.locator(".diagram input").fill("-0.1")
    assert texts(tab) == ["w₁ = 0.4", "w₂ = −0.1"]
    assert "weight, thickest 1" in legend.inner_text()
