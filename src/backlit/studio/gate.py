"""Who may speak to the studio's server: the page that it served, and nobody else.

    link with a token  ->  cookie, and on to an address without the token
    any request        ->  Host, Origin and cookie are right, or it is refused

A token is good for one exchange, so that a link in a list of processes, a history or a
recording of the screen is worth nothing afterwards. The cookie's value is another
secret, which no script can read. A foreign Host is refused because a name that an
attacker owns may lead to this computer; a foreign Origin because every page in the
browser may send requests here.

What this cannot keep out: programs of the same user, and, as cookies know no ports, a
server of another user of this computer whose page at 127.0.0.1 is opened in the same
browser meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from secrets import compare_digest, token_urlsafe
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BYTES = 32  # of a token or secret: 256 bits
SAFE = ("GET", "HEAD")

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; "
    "connect-src 'self'; style-src 'self'; img-src data: blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}

CLOSED = "open the studio by the link that backlit play printed"
FOREIGN = "a page of another site may not ask this studio"
USED = (
    "this link has been used, or is of an earlier run; start backlit play again, which "
    "prints another"
)
AGAIN = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=/?again">
<title>backlit studio</title>
<a href="/?again">Open the studio</a>
"""


@dataclass(frozen=True)
class Gate:
    """What is needed to come in.

    Attributes:
        port: Of the server, which is at 127.0.0.1.
        secret: The cookie's value.
        tokens: Those of links that have not been opened.
    """

    port: int
    secret: str = field(default_factory=lambda: token_urlsafe(BYTES), repr=False)
    tokens: set[str] = field(default_factory=set, repr=False)

    @property
    def host(self) -> str:
        """The one Host that there is; browsers leave out the port 80."""
        return "127.0.0.1" if self.port == 80 else f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        """The one Origin that there is."""
        return f"http://{self.host}"

    @property
    def cookie(self) -> str:
        """The cookie's name; browsers keep those of all ports of a host together."""
        return f"backlit-{self.port}"

    def link(self) -> str:
        """Return an address that opens the studio once."""
        token = token_urlsafe(BYTES)
        self.tokens.add(token)
        return f"{self.origin}/?token={token}"

    def takes(self, token: str) -> bool:
        """Tell whether a token is good; from then on it is not."""
        found = [t for t in self.tokens if _same(t, token)]
        self.tokens.difference_update(found)
        return bool(found)

    def knows(self, request: HTTPConnection) -> bool:
        """Tell whether a request has the cookie."""
        return _same(request.cookies.get(self.cookie, ""), self.secret)


def guarded(app: ASGIApp, gate: Gate) -> ASGIApp:
    """Return an application behind a gate; every answer gets the `HEADERS`."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # there is none
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            answer = _answer(gate, HTTPConnection(scope), scope["method"]) or app
            await answer(scope, receive, partial(_send_with_headers, send))
        else:
            await app(scope, receive, send)

    return guard


async def _send_with_headers(send: Send, message: Message) -> None:
    if message["type"] == "http.response.start":
        MutableHeaders(scope=message).update(HEADERS)
    await send(message)


def _answer(gate: Gate, request: HTTPConnection, method: str) -> Response | None:
    """Return the gate's own answer; None if the request may pass."""
    headers, query = request.headers, request.query_params
    if headers.getlist("host") != [gate.host]:
        return _refused(f"the address of this studio is {gate.origin}")
    origins = headers.getlist("origin")
    if origins != [gate.origin] and (origins or method not in SAFE):
        return _refused(FOREIGN)
    opening = method == "GET" and request.scope["path"] == "/"
    elsewhere = headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}
    if elsewhere and not (opening and headers.get("sec-fetch-mode") == "navigate"):
        return _refused(FOREIGN)
    if opening and "token" in query:
        return _exchanged(gate, request, query["token"])
    if gate.knows(request):
        return RedirectResponse("/", 303) if opening and "again" in query else None
    if opening and elsewhere and "again" not in query:
        # a link on another page: the browser keeps the cookie back until this page asks
        return HTMLResponse(AGAIN, 403)
    return _refused(CLOSED)


def _exchanged(gate: Gate, request: HTTPConnection, token: str) -> Response:
    if not gate.knows(request) and not gate.takes(token):
        return _refused(USED)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        gate.cookie, gate.secret, path="/", httponly=True, samesite="strict"
    )
    return answer


def _refused(why: str) -> Response:
    return PlainTextResponse(f"{why}\n", 403)


def _same(a: str, b: str) -> bool:
    return compare_digest(a.encode(), b.encode())
