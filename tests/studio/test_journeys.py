"""What a person does with a studio, in a real browser, with the network off."""

import re

import numpy as np
import pytest

import backlit as bl
from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.explain.typeset.numbers import number
from backlit.studio.bundle import bundle, stages, step_of
from backlit.studio.fitting import network_for
from backlit.studio.opening import opened
from backlit.studio.page import page
from backlit.studio.spec import LESSON, DataTable

pytestmark = pytest.mark.slow
SAMPLE = {"x": [0.5, 0.8], "t": [1.0]}
RATE = 0.5
PARAMETERS = ("dense1.weight", "dense1.bias")
OPERATION = re.compile(r"operation (\d+) of \d+")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a function that writes the page of a spec, once, and gives its address."""
    folder, written = tmp_path_factory.mktemp("pages"), {}

    def file(name, spec):
        if name not in written:
            path = folder / f"{name}.html"
            path.write_text(page(bundle(spec)), "utf-8")
            written[name] = path.as_uri()
        return written[name]

    return file


@pytest.fixture
def visit(browser):
    """Return a function that opens an address with the network off; errors fail."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, offline=True, reduced_motion="reduce"
    )
    complaints = []

    def opened_page(address):
        tab = context.new_page()
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("console", lambda m: complaints.append(m.text) * (m.type == "error"))
        tab.goto(address)
        tab.locator("svg .value").first.wait_for()
        return tab

    yield opened_page
    context.close()
    assert not complaints


@pytest.fixture
def neuron(visit, files):
    return visit(files("neuron", LESSON))


def forward(tab, stride, times=1):
    for _ in range(times):
        tab.get_by_role("button", name=f"one {stride} forward").click()


def back(tab, stride, times=1):
    for _ in range(times):
        tab.get_by_role("button", name=f"one {stride} back").click()


def place(tab):
    """Return where the studio stands: the step and the operation."""
    operation = tab.get_by_text(OPERATION).inner_text()
    step = tab.get_by_role("textbox", name="Step").input_value()
    return int(step), int(OPERATION.search(operation)[1])


def wait_for(tab, step, operation):
    """Wait until the studio stands somewhere."""
    for _ in range(200):
        if place(tab) == (step, operation):
            return
        tab.wait_for_timeout(25)
    raise AssertionError(f"stands at {place(tab)}, not at {(step, operation)}")


def shown(tab):
    """Return the texts of the drawing by their places."""
    script = """() => [...document.querySelectorAll('svg text')].map(
        (t) => [+t.getAttribute('x'), +t.getAttribute('y'), t.textContent])"""
    return {(x, y): text for x, y, text in tab.evaluate(script) if text}


def shows(tab, wanted):
    """Tell whether the drawing comes to show some texts, and no others."""
    for _ in range(80):  # it is drawn with the next picture of the screen
        found = shown(tab)
        if found.keys() == wanted.keys() and all(
            agree(found[at], wanted[at]) for at in found
        ):
            return True
        tab.wait_for_timeout(25)
    assert found == wanted  # to say where it differs
    return False


def agree(found, wanted):
    """Tell whether texts are equal; where two numbers share the room, nearly."""
    if "→" not in wanted:
        return found == wanted
    pairs = zip(numbers(found), numbers(wanted), strict=True)
    return all(a == pytest.approx(b, rel=0.01) for a, b in pairs)


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+\.?\d*(?= |$)", text.replace("−", "-"))]


def needed(slot):
    """Return the quantity that a text of the drawing waits for."""
    if slot.shows in {"symbol", "operation"}:
        return ""
    name = (slot.by if slot.shows == "local" else slot.name).partition("[")[0]
    if slot.shows != "local" and not slot.shows.startswith("gradient"):
        return name
    return "grad.dense1.sum" if name == "x" else f"grad.{name}"


def expected(net, done):
    """Return the texts that the drawing has when some operations are done."""
    ahead = {name for name in names() if name not in done}
    now = Reading(net.trace(**SAMPLE, learning_rate=RATE))
    moved = lesson()
    for name in net.parameters:
        moved.parameters[name] = (
            now.trace.updated[name] if f"new.{name}" in done else net.parameters[name]
        )
    after = Reading(moved.trace(**SAMPLE, learning_rate=RATE))
    found = {}
    for slot in layout(net.architecture).slots:
        before, then = (reading.text(slot) for reading in (now, after))
        given = slot.shows in {"value", "equation"} and slot.name.startswith(PARAMETERS)
        if before and needed(slot) not in ahead:
            moves = given and before != then
            value = then.rpartition(" ")[2]
            found[slot.x, slot.y] = f"{before} → {value}" if moves else before
    return found


def names():
    architecture, optimizer = LESSON.architecture, LESSON.update
    found = stages(architecture, optimizer, step_of(architecture, optimizer, 1))
    return [stage.name for stage in found]


def lesson():
    net = bl.Network(2, [bl.Dense(1, "sigmoid")], loss="mse")
    net.parameters["dense1.weight"] = [[0.4, -0.6]]
    net.parameters["dense1.bias"] = [0.1]
    return net


def test_the_neuron_is_stepped_forth_and_back_with_the_numbers_of_the_oracle(neuron):
    wait_for(neuron, 0, 7)
    back(neuron, "operation", 7)
    wait_for(neuron, 0, 0)
    operations, net = names(), lesson()
    for step in range(2):
        for done in range(len(operations) + 1):
            wait_for(neuron, step, done)
            assert shows(neuron, expected(net, operations[:done]))
            forward(neuron, "operation")
        net.step(SAMPLE["x"], SAMPLE["t"], bl.SGD(RATE))
    wait_for(neuron, 2, 0)
    back(neuron, "operation", len(operations) + 1)
    wait_for(neuron, 1, 0)
    back(neuron, "operation")
    wait_for(neuron, 0, len(operations))
    assert shows(neuron, expected(lesson(), operations))


def test_spirals_are_learnt_to_95_percent(visit, files):
    tab = visit(files("spirals", opened("spirals")))
    tab.get_by_role("combobox", name="Speed").select_option("as fast as it goes")
    tab.get_by_role("button", name="Play").click()
    for _ in range(120):
        tab.wait_for_timeout(500)
        found = re.findall(r"right (\d+)% \(test (\d+)%\)", tab.inner_text("main"))
        if found and min(map(int, found[0])) >= 95:
            break
    tab.get_by_role("button", name="Pause").click()
    assert found
    assert min(map(int, found[0])) >= 95


def test_an_earlier_step_comes_back_exactly(neuron):
    forward(neuron, "update", 3)
    wait_for(neuron, 3, 7)
    net = lesson()
    for _ in range(3):
        net.step(SAMPLE["x"], SAMPLE["t"], bl.SGD(RATE))
    third = expected(net, names()[:7])
    assert shows(neuron, third)
    forward(neuron, "update", 20)
    wait_for(neuron, 23, 7)
    assert shown(neuron) != third
    neuron.get_by_role("textbox", name="Step").fill("3")
    neuron.get_by_role("textbox", name="Step").press("Enter")
    wait_for(neuron, 3, 7)
    assert shows(neuron, third)
    neuron.get_by_role("button", name="Reset").click()
    wait_for(neuron, 0, 7)
    assert shows(neuron, expected(lesson(), names()[:7]))


def test_an_input_typed_changes_every_number_at_once(neuron):
    field = neuron.get_by_role("textbox", name="input x1")
    field.fill("0.9")
    field.press("Enter")
    trace = lesson().trace(x=[0.9, 0.8], t=[1.0], learning_rate=RATE)
    neuron.locator("svg").get_by_text(number(trace["E"], 4), exact=True).wait_for()
    gradient = number(float(trace.gradients["dense1.weight"][0, 0]), 4)
    assert f"∂E/∂w₁ = {gradient}" in shown(neuron).values()


def test_the_address_brings_everything_back(neuron, visit):
    forward(neuron, "update", 5)
    wait_for(neuron, 5, 7)
    neuron.wait_for_timeout(1500)  # the address follows a little later
    before = shown(neuron)
    again = visit(neuron.url)
    wait_for(again, 5, 7)
    assert shows(again, before)


def test_what_was_typed_into_the_address_by_mistake_is_said(visit, files):
    tab = visit(files("neuron", LESSON) + "#s=broken")
    assert place(tab)[0] == 0
    assert tab.get_by_role("alert").first.inner_text()


def test_a_diverging_run_says_what_is_wrong_and_how_to_go_on(visit, files):
    spec = opened("plane")
    spec.network.learning_rate = 1.0
    spec.optimizer = {"kind": "SGD"}
    tab = visit(files("diverging", spec))
    tab.get_by_role("combobox", name="Speed").select_option("as fast as it goes")
    tab.get_by_role("button", name="Play").click()
    tab.get_by_text("Training stopped").first.wait_for()
    tab.get_by_role("button", name=re.compile("Back there, with η")).click()
    tab.get_by_role("button", name="Play").click()
    tab.get_by_role("button", name="Pause").wait_for()


def test_a_table_of_ones_own_is_learnt(visit, files):
    x = np.linspace(-2, 2, 60)
    text = "x,y\n" + "\n".join(f"{a:.4f},{a * a:.4f}" for a in x)
    own = DataTable("parabola", csv=text, target="y")
    tab = visit(files("own", network_for(own)))
    assert "parabola" in tab.inner_text("header")
    tab.get_by_role("combobox", name="Speed").select_option("as fast as it goes")
    tab.get_by_role("button", name="Play").click()
    small = r"(0\.00|\S+·10⁻)"  # and smaller: it goes on while one looks
    tab.get_by_text(re.compile(rf"error {small}\S* \(test {small}")).first.wait_for()
