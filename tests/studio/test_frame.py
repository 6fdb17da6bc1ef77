"""Journeys in an exported page: the player, time, addresses, sessions, a lesson."""

import json
import re
from base64 import b64decode
from zlib import decompress

import pytest
from msgspec.structs import replace

from backlit.studio import lesson
from backlit.studio.bundle import bundle
from backlit.studio.fitting import network_for
from backlit.studio.opening import session
from backlit.studio.page import page
from backlit.studio.spec import LESSON, DataTable

pytestmark = pytest.mark.slow


def bundled(name):
    if name == "lesson":
        guided = lesson.read(lesson.NEURON)
        return bundle(guided.start, lesson=guided)
    if name == "logarithm":  # of a sum below 0
        layer = replace(LESSON.layer[0], activation="log")
        return bundle(replace(LESSON, layer=[layer]))
    return bundle(LESSON if name == "neuron" else network_for(DataTable(name)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, request):
    request.getfixturevalue("built")
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def opened(browser, folder):
    """Return a function that opens an exported page; any error in it fails the test."""
    context = browser.new_context(accept_downloads=True)
    errors = []

    def opened(name, hash_=""):
        file = folder / f"{name}.html"
        if not file.exists():
            file.write_text(page(bundled(name)), "utf-8")
        tab = context.new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(file.as_uri() + hash_)
        tab.locator("[data-control=network] svg .value").first.wait_for(
            state="attached"
        )
        tab.wait_for_timeout(300)
        return tab

    yield opened
    context.close()
    assert errors == []


def rested(tab):
    """Wait until the address has had time to change, and return it."""
    tab.wait_for_timeout(700)
    return tab.url


def held(tab):
    """Return what the address holds of the state, once it holds any."""
    tab.wait_for_timeout(500)
    tab.wait_for_url("**/*#*")
    return rested(tab).partition("#")[2]


def step(tab):
    return int(tab.get_by_label("Step", exact=True).input_value())


def typed(tab, label, text):
    field = tab.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    tab.wait_for_timeout(100)


def numbers(tab):
    """Return every number that the diagram shows."""
    return tab.locator("[data-control=network] svg text").all_text_contents()


def press(tab, *keys):
    for key in keys:
        tab.keyboard.press(key)
        tab.wait_for_timeout(60)


def operation(tab):
    """Return how many operations of the pass are done."""
    words = tab.locator("[data-control=time] .place").inner_text()
    return int(re.search(r"operation (\d+) of", words)[1])


def test_page_as_it_opens_has_a_plain_address(opened):
    assert "#" not in rested(opened("neuron"))


def test_address_gives_back_the_same_numbers(opened):
    tab = opened("neuron")
    typed(tab, "input x1", "0.75")
    typed(tab, "Step", "40")
    press(tab, "Tab", "Tab")
    address, shown = held(tab), numbers(tab)
    other = opened("neuron", f"#{address}")
    rested(other)
    assert step(other) == 40
    assert numbers(other) == shown
    assert other.get_by_label("input x1").input_value() == "0.75"


def test_address_that_was_tampered_with_opens_the_page_as_it_is(opened):
    tab = opened("neuron")
    typed(tab, "Step", "40")
    address = held(tab)
    broken = opened("neuron", f"#{address[:-5]}")
    assert "cut off or was changed" in broken.get_by_role("alert").inner_text()
    assert step(broken) == 0
    assert numbers(broken) == numbers(opened("neuron"))


def test_address_of_another_network_says_so_where_there_is_no_server(opened):
    tab = opened("spirals")
    typed(tab, "Step", "3")
    address = held(tab)
    other = opened("neuron", f"#{address}")
    assert "another network" in other.get_by_role("alert").inner_text()


def test_session_file_is_opened_again_here_and_by_backlit(opened, tmp_path):
    tab = opened("neuron")
    typed(tab, "target t", "0.2")
    typed(tab, "Step", "12")
    tab.get_by_role("button", name="Share").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save a session file").click()
    download.value.save_as(tmp_path / "session.json")
    tab.keyboard.press("Escape")
    shown = numbers(tab)
    begins = session((tmp_path / "session.json").read_text("utf-8"))
    assert begins.spec == LESSON
    other = opened("neuron")
    other.get_by_role("button", name="Share").click()
    other.get_by_label("Open a session file").set_input_files(tmp_path / "session.json")
    other.wait_for_timeout(300)
    assert numbers(other) == shown
    (tmp_path / "served.html").write_text(page(bundle(begins.spec, begins.session)))
    served = other.context.new_page()
    served.goto((tmp_path / "served.html").as_uri())
    served.wait_for_timeout(500)
    assert numbers(served) == shown


def test_keys_go_by_operation_pass_update_and_epoch_and_back(opened):
    tab = opened("spirals")
    stages = [stage.name for stage in bundled("spirals").stages]
    press(tab, "Home", *["Shift+ArrowLeft"] * 3)
    assert operation(tab) == 0
    press(tab, "ArrowRight", "ArrowRight", "ArrowLeft")
    assert operation(tab) == 1
    press(tab, "Shift+ArrowRight")
    assert operation(tab) == stages.index("E") + 1
    press(tab, "Control+ArrowRight")
    assert step(tab) == 1
    press(tab, "Control+Shift+ArrowRight")
    assert step(tab) == 40
    press(tab, "Control+Shift+ArrowLeft", "Control+ArrowLeft")
    assert step(tab) == 0
    press(tab, "End")
    assert step(tab) == 40


def test_keys_leave_fields_alone(opened):
    tab = opened("neuron")
    tab.get_by_label("input x1").focus()
    press(tab, "ArrowRight", "Home", "Space")
    assert step(tab) == 0
    assert tab.get_by_role("button", name="Play").is_visible()


def test_changes_by_hand_are_taken_back_one_after_another(opened):
    tab = opened("neuron")
    typed(tab, "input x1", "0.1")
    typed(tab, "input x2", "0.9")
    tab.evaluate("document.activeElement.blur()")
    press(tab, "Control+z")
    fields = [tab.get_by_label(f"input x{n}") for n in (1, 2)]
    assert [field.input_value() for field in fields] == ["0.1", "0.8"]
    press(tab, "Control+z")
    assert [field.input_value() for field in fields] == ["0.5", "0.8"]


def test_what_is_being_typed_stays_while_it_trains(opened):
    tab = opened("spirals")
    tab.get_by_role("button", name="Play").click()
    field = tab.get_by_label("Step", exact=True)
    field.press("Control+a")
    field.press_sequentially("12", delay=120)
    assert field.input_value() == "12"
    field.press("Enter")
    tab.wait_for_timeout(300)
    assert step(tab) == 12
    assert tab.get_by_role("button", name="Play").is_visible()


def test_input_that_is_no_number_is_said_to_be_none_and_changes_nothing(opened):
    tab = opened("neuron")
    shown = numbers(tab)
    typed(tab, "input x1", "much")
    assert "“much” is not a number" in tab.get_by_role("alert").inner_text()
    assert numbers(tab) == shown


def test_reset_comes_to_the_same_first_weights_and_reseeding_to_others(opened):
    tab = opened("spirals")
    first = numbers(tab)
    typed(tab, "Step", "30")
    assert numbers(tab) != first
    tab.get_by_role("button", name="Reset").click()
    tab.wait_for_timeout(100)
    assert numbers(tab) == first
    tab.locator("summary", has_text="Settings").click()
    tab.get_by_role("button", name="Other first weights").click()
    tab.wait_for_timeout(400)
    assert tab.get_by_label("seed", exact=True).input_value() == "1"
    assert numbers(tab) != first
    tab.get_by_role("button", name="Other first weights").click()
    address, shown = held(tab), numbers(tab)
    assert tab.get_by_label("seed", exact=True).input_value() == "2"
    other = opened("spirals", f"#{address}")
    rested(other)
    assert numbers(other) == shown


def test_reset_keeps_the_learning_rate_that_was_set_on_the_way(opened):
    tab = opened("spirals")
    first = numbers(tab)
    tab.locator("summary", has_text="Settings").click()
    typed(tab, "Step", "30")
    typed(tab, "learning rate η", "0.007")
    typed(tab, "Step", "60")
    tab.get_by_role("button", name="Reset").click()
    tab.wait_for_timeout(100)
    assert numbers(tab) == first
    rate = tab.get_by_role("textbox", name="learning rate η")
    assert rate.input_value() == "0.007"
    assert "of 0" in tab.locator(".time").inner_text()  # what follows is another run


def trained_wildly(tab, rate, said):
    """Train with a learning rate, and return what the page says of the trouble."""
    tab.locator("summary", has_text="Settings").click()
    typed(tab, "learning rate η", rate)
    tab.get_by_role("button", name="Play").click()
    trouble = tab.locator(".trouble", has_text=said)
    trouble.wait_for()
    return trouble


def test_run_that_leaves_the_numbers_says_where_and_how_to_go_on(opened):
    tab = opened("diabetes")
    trouble = trained_wildly(tab, "1e200", "stopped")
    words = trouble.inner_text()
    assert re.search(r"stopped: [\w.]+ is not a finite number", words)
    assert "10²⁰⁰" in words
    trouble.get_by_role("button", name="Back there, with").click()
    tab.wait_for_timeout(200)
    assert not trouble.is_visible()
    assert "10¹⁹⁹" in tab.get_by_label("learning rate η").input_value()


def test_error_that_grows_without_end_is_named_while_it_is_still_a_number(opened):
    tab = opened("spirals")
    trouble = trained_wildly(tab, "1e20", "The error grows")
    assert "With η = 10²⁰ the steps are too long" in trouble.inner_text()
    typed(tab, "learning rate η", "0.05")
    tab.get_by_role("button", name="Reset").click()
    trouble.wait_for(state="detached")
    tab.get_by_role("button", name="Play").click()
    tab.wait_for_timeout(1000)
    assert not trouble.is_visible()


def test_activation_that_is_undefined_for_its_sum_is_named(opened):
    tab = opened("logarithm")
    tab.get_by_role("button", name="update forward").click()
    trouble = tab.locator(".trouble")
    trouble.wait_for()
    assert "dense1.output is not defined for the numbers" in trouble.inner_text()
    assert not trouble.get_by_role("button", name="Back there, with").count()


def test_far_step_can_be_left_on_the_way(opened):
    tab = opened("neuron")
    typed(tab, "Step", "1000000000000")
    assert "On the way" in tab.locator(".time").inner_text()
    tab.get_by_role("button", name="Pause").click()
    tab.wait_for_timeout(200)
    assert "On the way" not in tab.locator(".time").inner_text()
    assert step(tab) > 0


def test_lesson_waits_for_its_goals_and_ends(opened):
    tab = opened("lesson")
    onward = tab.get_by_role("button", name="Next")
    *goals, last = [s.goal for s in lesson.read(lesson.NEURON).step]
    for goal in goals:
        assert onward.is_disabled()
        if goal.select:
            box = tab.get_by_text("w₂ = ").first.bounding_box()
            tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            tab.evaluate("document.activeElement.blur()")
        key = "Control+ArrowRight" if goal.error_below else "ArrowRight"
        for _ in range(60):
            if onward.is_enabled():
                break
            press(tab, key)
        onward.click()
        tab.evaluate("document.activeElement.blur()")
    assert last.change
    typed(tab, "target t", "0")
    assert (
        "That was the lesson"
        in tab.locator("[aria-labelledby=guide-title]").inner_text()
    )


def test_lesson_hides_what_it_says(opened):
    assert not opened("lesson").locator("summary", has_text="Settings").count()


def test_pictures_are_whole_files(opened, tmp_path):
    tab = opened("neuron")
    tab.get_by_role("button", name="Share").click()
    for name, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with tab.expect_download() as download:
            tab.get_by_role("button", name=f"Diagram as {name}").click()
        download.value.save_as(tmp_path / name)
        data = (tmp_path / name).read_bytes()
        assert data.startswith(start)
        assert len(data) > 5000
    assert b"var(" not in (tmp_path / "SVG").read_bytes()


def test_page_without_a_server_says_what_cannot_be_changed(opened):
    tab = opened("neuron")
    tab.locator("summary", has_text="Settings").click()
    assert "without a server" in tab.locator("[data-control=settings]").inner_text()
    assert tab.get_by_role("button", name="Add a layer").is_disabled()
    assert tab.get_by_label("learning rate η").is_enabled()


def test_bundle_of_a_lesson_is_in_its_page(opened):
    tab = opened("lesson")
    packed = b64decode(tab.locator("#bundle").text_content())
    found = json.loads(decompress(packed, wbits=-15))
    assert found["lesson"]["title"] == lesson.read(lesson.NEURON).title


def test_what_is_told_while_it_trains_is_of_one_moment(opened):
    tab = opened("spirals")
    tab.get_by_role("button", name="Play").click()
    tab.wait_for_timeout(400)
    sentence, caption = tab.evaluate(
        "['.sentence', '.readout:not(.empty)'].map((of) => [...document"
        ".querySelectorAll(of)].map((one) => one.textContent.trim()).join(' '))"
    )
    error = re.search(r"now about (.*)\.$", sentence)[1]
    assert f"While it trains, about: error {error} (test" in caption
    assert "Step" not in sentence + caption


def test_a_long_number_is_not_cut_off_in_its_field(opened):
    tab = opened("spirals")
    tab.set_viewport_size({"width": 1440, "height": 1000})
    typed(tab, "input x2", "-0.013864")
    field = tab.get_by_label("input x2", exact=True)
    assert field.input_value() == "−0.013864"
    assert field.evaluate("one => one.scrollWidth <= one.clientWidth")
