"""The built front end, and pages opened in a real browser."""

import shutil

import pytest

from backlit.errors import DataError
from backlit.studio.page import asset


@pytest.fixture(scope="session")
def built():
    """Skip where the front end has not been built, as under a source path alone."""
    try:
        asset("studio.js")
    except DataError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def browser(request):
    """Return a headless Chromium."""
    request.getfixturevalue("built")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("needs chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        launched = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()
