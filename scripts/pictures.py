"""Draw the pictures of the documentation; those of the studio need Chromium."""  # noqa: INP001 - a script

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

import backlit as bl
from backlit.draw import Drawing, diagram
from backlit.studio.bundle import bundle
from backlit.studio.opening import opened
from backlit.studio.page import page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DOCS = Path(__file__).parents[1] / "docs"
WIDE, PHONE = (1440, 900), (390, 844)


def neuron() -> None:
    """Draw the lesson's neuron."""
    net = bl.Network(2, [bl.Dense(1, "sigmoid")], loss="mse")
    net.parameters["dense1.weight"] = [[0.4, -0.6]]
    net.parameters["dense1.bias"] = [0.1]
    Drawing(diagram(net.trace(x=[0.5, 0.8], t=[1.0]))).save(DOCS / "neuron.svg")


def visited(
    browser: Browser, name: str | None, size: tuple[int, int], scheme: str
) -> Page:
    """Return the studio of a data set, or of the neuron, in a window."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page(bundle(opened(name))), "utf-8")
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        tab = context.new_page()
        tab.goto(file.as_uri())
        tab.locator("svg .value").first.wait_for()
    return tab


def trained(tab: Page, milliseconds: int) -> None:
    """Train for a while."""
    tab.get_by_role("combobox", name="Speed").select_option("as fast as it goes")
    tab.get_by_role("button", name="Play").click()
    tab.wait_for_timeout(milliseconds)
    tab.get_by_role("button", name="Pause").click()
    tab.wait_for_timeout(500)


def studio(browser: Browser) -> None:
    """Take the pictures of the studio."""
    why = visited(browser, None, WIDE, "light")
    box = why.get_by_text("w₁ = 0.4").first.bounding_box()
    assert box is not None  # noqa: S101 - it is in sight
    why.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    why.wait_for_timeout(500)
    why.screenshot(path=DOCS / "studio-why.png")
    learnt = visited(browser, "spirals", WIDE, "light")
    trained(learnt, 4000)
    learnt.screenshot(path=DOCS / "studio-spirals.png")
    digits = visited(browser, "digits", WIDE, "dark")
    trained(digits, 3000)
    digits.screenshot(path=DOCS / "studio-digits.png")
    phone = visited(browser, "xor", PHONE, "light")
    trained(phone, 1500)
    phone.evaluate("scrollTo(0, 0)")
    phone.screenshot(path=DOCS / "studio-phone.png")


if __name__ == "__main__":
    neuron()
    with sync_playwright() as p:
        chromium = p.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        studio(chromium)
        chromium.close()
