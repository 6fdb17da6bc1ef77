"""Pages of the studio, looked at by axe-core: light and dark, narrow and wide."""

import json
from pathlib import Path

import pytest

import backlit.studio
from backlit.studio import lesson
from backlit.studio.bundle import bundle
from backlit.studio.fitting import network_for
from backlit.studio.page import page
from backlit.studio.spec import LESSON, DataTable

STUDIO = Path(backlit.studio.__file__).parent
AXE = STUDIO / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = f"axe.run({{runOnly: {json.dumps(TAGS)}}}).then(r => r.violations)"
# Of each text of the drawing the contrast with what it stands on, a node or the page;
# axe leaves text inside of a drawing out.
CONTRASTS = """() => {
    const pen = document.createElement('canvas').getContext('2d');
    const levels = (colour) => {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data];
    };
    const laid = ([r, g, b, a], under, opacity) =>
        [r, g, b].map((c, n) => under[n] + (c - under[n]) * (a / 255) * opacity);
    const light = (colour) => colour
        .map(c => c / 255)
        .map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0.05);
    const middle = ({ left, right, top, bottom }) =>
        [(left + right) / 2, (top + bottom) / 2];
    let behind = document.querySelector('.diagram');
    const page = () => levels(getComputedStyle(behind).backgroundColor);
    while (page()[3] < 255) behind = behind.parentElement;
    return [...document.querySelectorAll('.diagram svg text')]
        .filter(text => text.checkVisibility() && text.textContent.trim())
        .map(text => {
            const [x, y] = middle(text.getBoundingClientRect());
            let ground = page().slice(0, 3);
            for (const shape of document.querySelectorAll('.diagram svg circle')) {
                const [cx, cy] = middle(shape.getBoundingClientRect());
                const { fill, fillOpacity } = getComputedStyle(shape);
                const radius = shape.getBoundingClientRect().width / 2;
                if (fill !== 'none' && Math.hypot(x - cx, y - cy) < radius)
                    ground = laid(levels(fill), ground, Number(fillOpacity));
            }
            const style = getComputedStyle(text);
            const ink = laid(levels(style.fill), ground, Number(style.opacity));
            const [less, more] = [light(ink), light(ground)].sort((a, b) => a - b);
            return [text.textContent, more / less];
        });
}"""
WIDE, NARROW, FOUR_K = (1280, 800), (360, 740), (3840, 2160)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not AXE.exists(), reason="needs axe-core (npm ci)"),
]


def bundled(name):
    if name == "lesson":
        guided = lesson.read(lesson.NEURON)
        return bundle(guided.start, lesson=guided)
    return bundle(LESSON if name == "neuron" else network_for(DataTable(name)))


@pytest.fixture(scope="module")
def files(tmp_path_factory, request):
    """Return the addresses of exported pages by name."""
    request.getfixturevalue("built")
    folder = tmp_path_factory.mktemp("pages")
    for name in ("neuron", "spirals", "lesson"):
        (folder / f"{name}.html").write_text(page(bundled(name)), "utf-8")
    return {file.stem: file.as_uri() for file in folder.iterdir()}


@pytest.fixture
def opened(browser, files):
    """Return a function that opens a page and waits for its first numbers."""
    contexts = []

    def opened(name, size=WIDE, scheme="light", **options):
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **options
        )
        contexts.append(context)
        tab = context.new_page()
        tab.goto(files[name])
        tab.wait_for_function("document.querySelector('.studio input.number')?.value")
        return tab

    yield opened
    for context in contexts:
        context.close()


def violations(tab):
    tab.evaluate(AXE.read_text("utf-8"))
    return [
        f"{found['id']}: {node['html'][:150]} {node['failureSummary'][:200]}"
        for found in tab.evaluate(LOOK)
        for node in found["nodes"]
    ]


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        ("neuron", WIDE, "dark"),
        ("neuron", NARROW, "light"),
        ("spirals", WIDE, "light"),
        ("spirals", NARROW, "dark"),
        ("lesson", WIDE, "light"),
        ("lesson", NARROW, "dark"),
    ],
)
def test_page_has_no_violation(opened, name, size, scheme):
    assert violations(opened(name, size, scheme)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_with_everything_unfolded_has_no_violation(opened, scheme):
    tab = opened("spirals", WIDE, scheme)
    tab.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
    assert violations(tab) == []


@pytest.mark.parametrize("name", ["neuron", "spirals"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_of_the_drawing_stand_out(opened, name, scheme):
    tab = opened(name, WIDE, scheme)
    for _ in range(3):
        tab.get_by_role("button", name="update forward").click()
    found = tab.evaluate(CONTRASTS)
    assert len(found) > 15
    assert [text for text, contrast in found if contrast < 4.5] == []


@pytest.mark.parametrize("name", ["Share", "Help"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_window_has_no_violation(opened, name, scheme):
    tab = opened("neuron", NARROW, scheme)
    tab.get_by_role("button", name=name, exact=True).click()
    assert violations(tab) == []


@pytest.mark.parametrize("size", [NARROW, WIDE, FOUR_K])
@pytest.mark.parametrize("name", ["neuron", "spirals", "lesson"])
def test_page_does_not_scroll_sideways(opened, name, size):
    tab = opened(name, size)
    tab.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
    assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("size", [(1000, 700), WIDE, FOUR_K])
def test_columns_do_not_overlap(opened, size):
    tab = opened("spirals", size)
    tab.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
    wide = tab.evaluate(
        """[...document.querySelectorAll('.left, .middle, .right')].flatMap(column => {
        const end = column.getBoundingClientRect().right + 1;
        return [...column.querySelectorAll('*')]
            .filter(e => e.checkVisibility() && !e.closest('.box, svg, .unseen'))
            .filter(e => e.getBoundingClientRect().right > end)
            .map(e => e.outerHTML.slice(0, 120)) })"""
    )
    assert wide == []


def test_targets_are_large_enough_to_touch(opened):
    tab = opened("spirals", NARROW)
    small = tab.evaluate(
        """[...document.querySelectorAll('button, select, input, summary')]
        .filter(e => e.checkVisibility() && !e.closest('.unseen'))
        .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 120)])
        .filter(([box]) => Math.min(box.width, box.height) < 24).map(([, e]) => e)"""
    )
    assert [e for e in small if "checkbox" not in e] == []


def test_every_control_has_a_focus_that_is_seen(opened):
    tab = opened("neuron")
    seen = set()
    for _ in range(12):
        tab.keyboard.press("Tab")
        outline, name = tab.evaluate(
            """(() => { const e = document.activeElement, s = getComputedStyle(e);
            return [s.outlineStyle !== 'none' && parseFloat(s.outlineWidth),
                    e.textContent.trim() || e.getAttribute('aria-label')] })()"""
        )
        seen.add(name)
        assert outline >= 2, name
    assert {"Skip to the network", "Share", "Help", "Play"} <= seen
