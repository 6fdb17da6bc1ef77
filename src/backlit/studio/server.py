"""The studio served to one browser on this computer, at 127.0.0.1.

    /                the page           /api/start    the bundle it begins with
    /studio.js       its script         /api/bundle   a spec in, its bundle out
    /studio.css      its style          /api/detail   a spec in, its detail out
                                        /api/alive    whether the server is there

The page trains by itself; it comes back here to have another network compiled, and for
what is shown of it once it is asked for. What it sends stays in memory. Who may come in
is decided by `gate`, before any of this.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from backlit.errors import BacklitError, OptionError
from backlit.studio.beside import Result, beside
from backlit.studio.compiler import Compiler
from backlit.studio.gate import guarded
from backlit.studio.page import asset, served_page
from backlit.studio.spec import read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from concurrent.futures import Future

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from backlit.studio.bundle import Bundle
    from backlit.studio.gate import Gate
    from backlit.studio.spec import Spec

    Endpoint = Callable[[Request], Awaitable[Response]]

LARGEST_BODY = 8 * 2**20  # bytes
QUIET_S = 1.0  # before the compiler is started: the first picture comes first


def application(
    gate: Gate, start: Future[Bundle], compiler: Compiler | None = None
) -> ASGIApp:
    """Return the whole server as an application.

    Args:
        gate: Who may come in.
        start: What the page begins with; it may still be compiled.
        compiler: Compiles what the page asks for.

    Raises:
        DataError: The front end has not been built.
    """
    compiler = compiler or Compiler()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        starting = asyncio.create_task(_start_later(compiler, start))
        yield
        starting.cancel()
        with suppress(asyncio.CancelledError):
            await starting
        await compiler.close()

    app = Starlette(routes=routes(start, compiler), lifespan=lifespan)
    return guarded(app, gate)


def routes(start: Future[Bundle], compiler: Compiler) -> list[Route]:
    """Return every route that there is; none of them looks at who asks."""
    fixed = {
        "/": HTMLResponse(served_page()),
        "/studio.js": Response(asset("studio.js"), media_type="text/javascript"),
        "/studio.css": Response(asset("studio.css"), media_type="text/css"),
        "/api/alive": Response(status_code=204),
    }
    return [
        *(Route(path, _same(answer)) for path, answer in fixed.items()),
        Route("/api/start", _beginning(start)),
        Route("/api/bundle", _compiling(compiler), methods=["POST"]),
        Route("/api/detail", _detail, methods=["POST"]),
    ]


async def _start_later(compiler: Compiler, start: Future[Bundle]) -> None:
    """Have the compiler read the table once, so that the first change is no slower."""
    await asyncio.sleep(QUIET_S)
    with suppress(BacklitError):  # told to who asks for it
        found = await _once_done(start)
        await compiler.bundle(found.spec)


def _same(answer: Response) -> Endpoint:
    async def endpoint(_: Request) -> Response:
        return answer

    return endpoint


def _beginning(start: Future[Bundle]) -> Endpoint:
    async def endpoint(_: Request) -> Response:
        with _refusing():
            found = await _once_done(start)
        return _json(msgspec.json.encode(found))

    return endpoint


def _compiling(compiler: Compiler) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        status, answer = await compiler.bundle(await _spec(request))
        return PlainTextResponse(answer, status) if status != 200 else _json(answer)

    return endpoint


async def _detail(request: Request) -> Response:
    """Answer from here: the compiler is for the next network."""
    work = beside(partial(_detailed, await _spec(request)))
    with _refusing():
        return _json(await _once_done(work))


def _detailed(spec: Spec) -> bytes:
    from backlit.studio.detail import detail  # noqa: PLC0415 - no first picture needs it

    return msgspec.json.encode(detail(spec))


async def _once_done(work: Future[Result]) -> Result:
    """Return what work gives; who waits no longer does not end it for the others."""
    return await asyncio.shield(asyncio.wrap_future(work))


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


async def _spec(request: Request) -> Spec:
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise HTTPException(415, "a network as JSON is needed")
    body = await _body(request)
    with _refusing():
        return await run_in_threadpool(read, body)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn a mistake into an answer of one line."""
    try:
        yield
    except BacklitError as error:
        raise HTTPException(422, " ".join(str(error).split())) from None


async def _body(request: Request) -> bytes:
    """Return what was sent, or refuse it as soon as it is too much."""
    said = request.headers.get("content-length", "0")
    _refuse_long(int(said) if said.isdecimal() else 0)
    whole = bytearray()
    async for part in request.stream():
        whole += part
        _refuse_long(len(whole))
    return bytes(whole)


def _refuse_long(length: int) -> None:
    if length > LARGEST_BODY:
        most = LARGEST_BODY // 2**20
        raise HTTPException(413, f"that is too much for the page: at most {most} MiB")


def listening(port: int = 0) -> socket.socket:
    """Return a socket that listens on this computer only, on a free port if it is 0.

    Raises:
        OptionError: The port is not free, or none.
    """
    if not 0 <= port < 2**16:
        raise OptionError(f"port={port}; it must be from 1 to 65535, or 0 for any")
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except PermissionError:
        raise OptionError(
            f"port={port}; it needs an administrator: choose one from 1024 on"
        ) from None
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise OptionError(
            f"port={port} cannot be had ({why}); choose another, or leave it out to "
            "have a free one"
        ) from None
    # Connections inherit it. Else the last part of an answer waits 40 ms for an
    # acknowledgement: asyncio sets it only for sockets that say TCP by number.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(app: ASGIApp, listener: socket.socket, start: Future[Bundle]) -> None:
    """Serve until Ctrl-C, which ends it at once, whatever is open.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        BacklitError: There is nothing to begin with; a page that waits was told why.
    """
    server = host(app)

    def end_if_failed(start: Future[Bundle]) -> None:
        if start.exception():
            server.should_exit = True

    start.add_done_callback(end_if_failed)
    asyncio.run(server.serve(sockets=[listener]))
    if start.done():
        start.result()


def host(app: ASGIApp) -> uvicorn.Server:
    """Return the host of an application, which says nothing and waits for nobody."""
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=0,
    )
    return uvicorn.Server(config)
