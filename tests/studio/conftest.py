"""The front end in a real browser, or none; a client that sends what it likes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from coroutines import finished

from backlit.errors import DataError
from backlit.studio import page, server
from backlit.studio.gate import Gate
from backlit.studio.page import asset

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

PORT = 43210


class Told(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@pytest.fixture
def front_end(monkeypatch):
    """Stand in for the built files of the front end."""

    def canned(name: str) -> str:
        return {"studio.js": "begin('<x>')", "studio.css": "a > b {}"}[name]

    monkeypatch.setattr(page, "asset", canned)
    monkeypatch.setattr(server, "asset", canned)


@pytest.fixture
def gate():
    return Gate(PORT, "the-secret")


@pytest.fixture
def pass_of(gate):
    """Return the headers of the page's own requests."""
    return {
        "host": gate.host,
        "origin": gate.origin,
        "cookie": f"{gate.cookie}={gate.secret}",
        "content-type": "application/json",
    }


@pytest.fixture
def ask():
    return asked


def asked(
    app: ASGIApp,
    path: str,
    headers: dict[str, str] | list[tuple[str, str]],
    method: str = "GET",
    body: list[bytes] | bytes = b"",
) -> Told:
    """Return the answer to one request, sent as it is; a list of parts comes slowly."""
    return finished(_asked(app, path, headers, method, body))


async def _asked(
    app: ASGIApp,
    path: str,
    headers: dict[str, str] | list[tuple[str, str]],
    method: str,
    body: list[bytes] | bytes,
) -> Told:
    parts = [body] if isinstance(body, bytes) else list(body)
    said: list[dict[str, Any]] = []
    pairs = headers.items() if isinstance(headers, dict) else headers

    async def receive() -> dict[str, Any]:
        part = parts.pop(0) if parts else b""
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Any) -> None:
        said.append(message)

    route, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": route,
        "raw_path": route.encode(),
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in pairs],
        "scheme": "http",
        "server": ("127.0.0.1", PORT),
        "client": ("127.0.0.1", 50000),
        "http_version": "1.1",
        "root_path": "",
    }
    await app(scope, receive, send)
    start, *rest = said
    found = {k.decode(): v.decode() for k, v in start["headers"]}
    return Told(start["status"], found, b"".join(m.get("body", b"") for m in rest))


@pytest.fixture
def without() -> Callable[[dict[str, str], str], dict[str, str]]:
    """Return a function that leaves one header out."""
    return lambda headers, name: {k: v for k, v in headers.items() if k != name}


@pytest.fixture
def answers_of() -> Callable[[Any, Any], list[Any]]:
    """Return a function: what a widget answers to a message of its page."""

    def answers(widget: Any, message: Any) -> list[Any]:
        sent: list[Any] = []
        widget.send = sent.append
        widget._answer(None, message, None)
        return sent

    return answers


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
