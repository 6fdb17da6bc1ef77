"""The work of `backlit play`: open, compile, serve."""

from __future__ import annotations

import os
import sys
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

import msgspec
import typer

from backlit.cli.naming import naming
from backlit.studio import restart
from backlit.studio.beside import beside
from backlit.studio.opening import opening
from backlit.studio.ready import ready
from backlit.studio.server import application, serve

if TYPE_CHECKING:
    from backlit.studio.bundle import Bundle
    from backlit.studio.opening import Opening


@dataclass(frozen=True)
class Way:
    """How the studio is to be served.

    Attributes:
        port: The port, if one is asked for.
        browser: Whether to open a browser.
        as_json: Whether to print the address as an object.
    """

    port: int | None = None
    browser: bool = True
    as_json: bool = False


def run(source: str | None, data: str | None, target: str | None, way: Way) -> None:
    """Serve until Ctrl-C.

    Args:
        source: What is opened; None for the lesson's neuron.
        data: A table for a network.
        target: The column to predict, of a table.
        way: How it is served.

    Raises:
        BacklitError: What is asked for cannot be opened, or there is no such port.
    """
    name = data or source or ""
    with naming(name):
        begins = opening(source, data=data, target=target)
        ready(begins.spec)  # mistakes are told before there is an address
    gate, listener = restart.opened(way.port)
    with listener:
        start = beside(partial(_compiled, begins, name))
        app = application(gate, start)
        link = gate.link()
        typer.echo(told(link, as_json=way.as_json))
        sys.stdout.flush()
        if way.browser and _has_browser():
            Thread(target=webbrowser.open, args=(link,), daemon=True).start()
        with suppress(KeyboardInterrupt):  # the usual way to end
            serve(app, listener, start)


def _compiled(begins: Opening, name: str) -> Bundle:
    """Compile what is opened; the compiler is loaded while the browser starts too."""
    from backlit.studio.bundle import bundle  # noqa: PLC0415

    with naming(name):
        return bundle(begins.spec, begins.session, begins.lesson)


def told(link: str, *, as_json: bool) -> str:
    """Return the line that is printed."""
    if as_json:
        return msgspec.json.encode({"url": link}).decode()
    return f"The studio is at {link} (Ctrl-C ends it)"


def _has_browser() -> bool:
    """Tell whether there is a screen; a text browser would take over the terminal."""
    screens = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform != "linux" or any(map(os.environ.get, screens))
