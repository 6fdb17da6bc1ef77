"""The studio's page: as one file that needs no server, or as a server gives it."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING
from zlib import compressobj

import msgspec

from backlit.errors import DataError

if TYPE_CHECKING:
    from backlit.studio.bundle import Bundle

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
<link rel="icon" href="data:,">
<title>{title}</title>
</head>
<body>
<div id="studio"><noscript>The studio needs JavaScript.</noscript></div>
{scripts}
</body>
</html>
"""
TITLE = "backlit studio"


@lru_cache(maxsize=2)
def asset(name: str) -> str:
    """Return a built file of the front end.

    Raises:
        DataError: The front end has not been built.
    """
    file = files("backlit.studio") / "web" / "dist" / name
    try:
        return file.read_text("utf-8")
    except OSError:
        raise DataError(
            "the studio's front end has not been built; install backlit with pip "
            "install ., which builds it"
        ) from None


def page(bundle: Bundle, title: str = TITLE) -> str:
    """Return a whole page, to be opened from disk.

    Nothing may be fetched: the page's policy allows its own script and style only, and
    what a page would ask for is in it.

    Raises:
        DataError: The front end has not been built.
    """
    from backlit.studio.bundle import whole  # noqa: PLC0415 - a server's page has none

    script, style = asset("studio.js"), asset("studio.css")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}' 'wasm-unsafe-eval' blob:; "
        "worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:"
    )
    data = deflated(msgspec.json.encode(whole(bundle)))
    return PAGE.format(
        head=f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<style>{style}</style>",
        title=escape(title),
        scripts=f'<script type="text/plain" id="bundle">{data}</script>\n'
        f'<script type="module">{script}</script>',
    )


def served_page() -> str:
    """Return the page that a server gives, which fetches the rest from it."""
    return PAGE.format(
        head='<link rel="stylesheet" href="studio.css">',
        title=TITLE,
        scripts='<script type="module" src="studio.js"></script>',
    )


def _hash(text: str) -> str:
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return f"sha256-{digest}"


def deflated(data: bytes) -> str:
    """Return data deflated, as base64: no text in it can end the element around it."""
    small = compressobj(9, wbits=-15)
    return b64encode(small.compress(data) + small.flush()).decode()
