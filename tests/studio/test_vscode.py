"""The widget under the conditions of a notebook in VS Code.

There the output lies in a frame as tall as all cells and more, in a page that has a
look and keys of its own: every key that reaches the frame's window is the editor's.
"""

import json

import pytest

from backlit.studio.spec import LESSON

pytest.importorskip("anywidget")
notebook = pytest.importorskip("backlit.studio.notebook")

pytestmark = pytest.mark.slow

ADDRESS = "http://notebook.example"
EDITOR = """\
<!doctype html>
<style>
body { margin: 0; overflow: hidden }
div { position: relative; height: 100vh; overflow: hidden }
iframe { position: absolute; top: -5000px; width: 100%; height: 14000px; border: none }
</style>
<div>
<iframe src="/output" sandbox="allow-same-origin allow-scripts"></iframe>
</div>
</body>"""
OUTPUT = """\
<!doctype html>
<style>
table, thead, tr, th, td { border: none; border-collapse: collapse; text-align: right }
thead { background-color: rgb(130 130 130 / 16%) }
th, td { padding: 4px 8px }
tr:nth-child(even) { background-color: rgb(130 130 130 / 8%) }
body { margin: 0; padding: 0 20px; overflow: hidden; height: 100% }
#container { position: absolute; top: 5000px; width: calc(100% - 40px) }
</style>
<body class="vscode-dark" data-vscode-theme-kind="vscode-dark" role="document">
<div id="container"><div id="el"></div></div>
<script type="module">
window.keys = [];
window.files = [];
window.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "z") event.preventDefault();
  window.keys.push(event.key);
});
document.body.addEventListener("click", (event) => {
  const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
  if (!link?.download) return;
  event.preventDefault();
  fetch(link.href)
    .then((file) => file.text())
    .then((content) => window.files.push([link.download, content]));
});
const state = await (await fetch("/state")).json();
const style = document.head.appendChild(document.createElement("style"));
style.textContent = state._css;
const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
const { default: widget } = await import(url);
URL.revokeObjectURL(url);
const takers = new Set();
const send = async (message) => {
  for (const answer of await window.python(message))
    takers.forEach((take) => take(answer));
};
const on = (_, take) => takers.add(take);
const off = (_, take) => takers.delete(take);
const model = { get: (name) => state[name], send, on, off };
window.end = widget.render({ model, el: document.getElementById("el") });
</script>
</body>"""


@pytest.fixture
def editor(browser, answers_of):
    """Return a page with a notebook's output in it; any error in it fails the test."""
    widget = notebook.Widget(LESSON)
    names = ("_esm", "_css", "bundle")
    state = json.dumps({name: str(getattr(widget, name)) for name in names})
    html, errors = {"content_type": "text/html; charset=utf-8"}, []
    page = browser.new_page(
        viewport={"width": 1200, "height": 800}, color_scheme="light"
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(ADDRESS + "/", lambda route: route.fulfill(body=EDITOR, **html))
    page.route("**/output", lambda route: route.fulfill(body=OUTPUT, **html))
    page.route("**/state", lambda route: route.fulfill(body=state))
    page.expose_function("python", lambda message: answers_of(widget, message))
    page.goto(ADDRESS)
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def output(editor):
    """Return the frame of the output, once the studio is in it."""
    [frame] = [frame for frame in editor.frames if frame.url.endswith("/output")]
    frame.get_by_text("−0.2162").first.wait_for()
    return frame


def focused(output, selector):
    """Focus an element, without scrolling to it, and forget the keys so far."""
    output.locator(selector).first.evaluate("e => e.focus({ preventScroll: true })")
    output.evaluate("keys.length = 0")


def pressed(editor, output, *keys):
    """Press keys; returns those that came through to the editor."""
    for key in keys:
        editor.keyboard.press(key)
    return output.evaluate("keys.splice(0)")


def operation(output):
    return output.get_by_text("epoch 0").first.inner_text().partition("operation ")[2]


def test_a_studio_trains_and_is_compiled_anew_by_python(output):
    play = output.get_by_role("button", name="Play")
    play.click()
    output.get_by_text("−0.2162").first.wait_for(state="detached")
    output.get_by_role("button", name="Pause").click()
    output.get_by_text("Settings", exact=True).click()
    output.get_by_role("button", name="Add a layer").click()
    output.get_by_text("2 → 4 tanh → 1 sigmoid").wait_for()


def test_the_colours_follow_the_editor_and_not_the_system(output):
    studio = output.locator(".studio")
    colour = "e => getComputedStyle(e).backgroundColor"
    dark = studio.evaluate(colour)
    output.evaluate("document.body.dataset.vscodeThemeKind = 'vscode-light'")
    output.wait_for_function(
        "was => getComputedStyle(document.querySelector('.studio')).backgroundColor"
        " !== was",
        arg=dark,
    )
    assert sum(map(int, dark[4:-1].split(","))) < 150


def test_keys_of_the_studio_do_not_reach_the_editor(editor, output):
    focused(output, "#network")
    assert operation(output) == "7 of 9"
    assert pressed(editor, output, "ArrowRight") == []
    output.get_by_text("operation 8 of 9").wait_for()
    assert pressed(editor, output, "Home", "b", "Delete", "Control+z") == ["Control"]
    focused(output, "button.primary")
    assert pressed(editor, output, "Enter") == []
    output.get_by_role("button", name="Pause").wait_for()


def test_keys_that_the_studio_does_not_know_are_the_editors(editor, output):
    focused(output, "#network")
    assert pressed(editor, output, "Control+p", "Escape") == ["Control", "p", "Escape"]


def test_a_change_by_hand_is_taken_back_where_the_editor_has_the_same_key(
    editor, output
):
    field = output.get_by_label("input x1")
    field.fill("2")
    field.press("Enter")
    output.get_by_text("−0.2162").first.wait_for(state="detached")
    focused(output, "#network")
    pressed(editor, output, "Control+z")
    output.get_by_text("−0.2162").first.wait_for()


def test_a_window_opens_where_it_can_be_seen(editor, output):
    for name in ("Help", "Share"):
        output.get_by_role("button", name=name).click()
        box = output.locator("dialog[open]").bounding_box()
        assert 0 <= box["y"] < 200
        assert pressed(editor, output, "Escape") == []
        output.locator("dialog[open]").wait_for(state="detached")


def test_the_editors_look_of_tables_is_not_the_studios(output):
    output.get_by_role("button", name="Help").click()
    for part in ("thead", "tbody tr:nth-child(2)"):
        row = output.locator("dialog[open]").locator(part)
        assert row.evaluate("e => getComputedStyle(e).backgroundColor").endswith(" 0)")


def test_the_diagram_is_not_as_tall_as_the_frame(output):
    box = output.locator("[data-control='network'] [role='group']")
    assert float(box.evaluate("e => parseFloat(getComputedStyle(e).maxHeight)")) < 800


def test_files_are_left_to_the_editor_to_save(output):
    output.get_by_role("button", name="Share").click()
    output.get_by_role("button", name="Diagram as SVG").click()
    output.wait_for_function("files.length === 1")
    [[name, content]] = output.evaluate("files")
    assert name == "network.svg"
    assert content.startswith("<svg")


def test_a_cell_that_is_cleared_stops_training(editor, output):
    output.get_by_role("button", name="Play").click()
    assert len(editor.workers) == 1
    output.evaluate("end()")
    editor.wait_for_timeout(500)
    assert editor.workers == []
