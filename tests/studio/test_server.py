"""The server: every route behind the gate, limits, and one network after another."""

import asyncio
import json
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread, Timer

import pytest
from coroutines import finished
from starlette.routing import Route

from backlit.errors import OptionError
from backlit.studio import server
from backlit.studio.bundle import bundle
from backlit.studio.gate import Gate
from backlit.studio.spec import LESSON

NEURON = (
    b'{"network": {"inputs": 2}, "layer": [{"units": 1}],'
    b' "sample": {"x": [1, 2], "t": [1]}}'
)


class Canned:
    """Stands in for the compiler."""

    def __init__(self, answer=(200, b'{"wasm": ""}')):
        self.answer, self.specs = answer, []

    async def bundle(self, spec):
        self.specs.append(spec)
        return self.answer


@pytest.fixture(scope="module")
def start():
    return begun(bundle(LESSON))


def begun(made):
    """Return what a page begins with, or why there is nothing."""
    start = Future()
    failed = isinstance(made, Exception)
    (start.set_exception if failed else start.set_result)(made)
    return start


@pytest.fixture
def compiler():
    return Canned()


@pytest.fixture
def app(front_end, gate, start, compiler):
    del front_end
    return server.application(gate, start, compiler)


@pytest.fixture
def post(app, ask, pass_of):
    def posted(body, path="/api/bundle", **headers):
        return ask(app, path, pass_of | headers, "POST", body)

    return posted


def requests(start):
    """Return method and path of everything that there is, and of what is not."""
    routes = server.routes(start, Canned())
    assert all(isinstance(route, Route) for route in routes)
    found = [(method, route.path) for route in routes for method in route.methods]
    assert len(found) == 12  # GET and HEAD of five, and two POSTs
    return [*found, ("GET", "/nothing"), ("GET", "/../pyproject.toml"), ("PUT", "/")]


def test_every_route_answers_the_page(app, ask, start, pass_of):
    for method, path in requests(start)[:-3]:
        assert ask(app, path, pass_of, method, NEURON).status < 300, path


def test_every_route_refuses_who_has_no_cookie(app, ask, start, pass_of, without):
    for method, path in requests(start):
        told = ask(app, path, without(pass_of, "cookie"), method, NEURON)
        assert told.status == 403, path
        assert told.text.count("\n") == 1, path


@pytest.mark.parametrize("host", ["evil.example", "localhost:43210", "127.0.0.1:80"])
def test_every_route_refuses_a_foreign_host(app, ask, start, pass_of, host):
    for method, path in requests(start):
        told = ask(app, path, pass_of | {"host": host}, method, NEURON)
        assert told.status == 403, path


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:80"])
def test_every_route_refuses_a_foreign_origin(app, ask, start, pass_of, origin):
    for method, path in requests(start):
        told = ask(app, path, pass_of | {"origin": origin}, method, NEURON)
        assert told.status == 403, path


def test_nothing_is_compiled_for_who_is_refused(post, compiler):
    assert post(NEURON, cookie="").status == 403
    assert post(NEURON, origin="null").status == 403
    assert compiler.specs == []


def test_page_has_no_script_or_style_inside(app, ask, pass_of):
    told = ask(app, "/", pass_of)
    assert told.headers["content-type"] == "text/html; charset=utf-8"
    assert '<script type="module" src="studio.js"></script>' in told.text
    assert told.text.count("<script") == 1
    assert "<style" not in told.text
    assert "style=" not in told.text


def test_start_is_the_bundle_that_was_given(app, ask, pass_of, start):
    told = ask(app, "/api/start", pass_of)
    assert told.headers["content-type"] == "application/json"
    found = json.loads(told.body)
    assert found["spec"]["layer"][0]["weight"] == [[0.4, -0.6]]
    assert found["free"] == start.result().free


def test_page_that_waits_is_told_why_there_is_nothing(front_end, gate, ask, pass_of):
    del front_end
    app = server.application(gate, begun(OptionError("too\nlarge")), Canned())
    told = ask(app, "/api/start", pass_of)
    assert (told.status, told.text) == (422, "too large")


def test_the_compiler_reads_what_is_shown_before_it_is_asked(start, monkeypatch):
    monkeypatch.setattr(server, "QUIET_S", 0)
    compiler = Canned()
    finished(server._start_later(compiler, start))
    assert compiler.specs == [LESSON]
    finished(server._start_later(compiler, begun(OptionError("too large"))))
    assert compiler.specs == [LESSON]


def test_who_waits_no_longer_does_not_end_the_start_for_the_others():
    start = Future()

    async def waits():
        async with asyncio.timeout(0.01):
            await server._once_done(start)

    with pytest.raises(TimeoutError):
        finished(waits())
    start.set_result(None)  # as the thread does that compiles


def test_serving_ends_when_there_is_nothing_to_begin_with(front_end, gate):
    del front_end
    start = Future()
    app = server.application(gate, start, Canned())
    Timer(0.2, start.set_exception, [OptionError("too large")]).start()
    with server.listening() as listener, ThreadPoolExecutor(1) as pool:
        serving = pool.submit(server.serve, app, listener, start)
        with pytest.raises(OptionError, match="too large"):
            serving.result()


def test_alive_says_nothing_but_that(app, ask, pass_of):
    assert ask(app, "/api/alive", pass_of)[::2] == (204, b"")


def test_a_spec_is_checked_and_compiled(post, compiler):
    told = post(NEURON)
    assert told[::2] == (200, b'{"wasm": ""}')
    assert told.headers["content-type"] == "application/json"
    assert compiler.specs[0].network.inputs == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the studio's state cannot be read"),
        (b"{}", "missing required field `network`"),
        (b"[" * 100_000, "the studio's state cannot be read"),
        (b"\xff\xfe", "the studio's state cannot be read"),
        (NEURON.replace(b"2}", b"0}"), "inputs=0"),
        (NEURON.replace(b'"units": 1', b'"units": "1"'), "Expected `int`, got `str`"),
        (NEURON.replace(b'"layer"', b'"lair"'), "unknown field `lair`"),
        (NEURON.replace(b"[1, 2]", b"[1, 1e999]"), "out of range"),
    ],
)
@pytest.mark.parametrize("path", ["/api/bundle", "/api/detail"])
def test_what_is_no_network_is_refused_in_one_line(post, compiler, path, body, said):
    told = post(body, path)
    assert told.status == 422
    assert said in told.text
    assert "\n" not in told.text
    assert compiler.specs == []


def test_the_detail_of_a_network_is_read_here(post, compiler):
    told = post(NEURON, "/api/detail")
    assert told.headers["content-type"] == "application/json"
    found = json.loads(told.body)
    assert found["rules"]["single"]["E"]
    assert compiler.specs == []
    several = NEURON.replace(b"[1, 2]", b"[[1, 2], [3, 4]]").replace(
        b"[1]", b"[[1], [0]]"
    )
    assert not found["rules"]["batch"]
    assert json.loads(post(several, "/api/detail").body)["rules"]["batch"]["E"]


def test_the_detail_of_a_network_that_is_too_large_is_refused(post):
    told = post(NEURON.replace(b'"units": 1', b'"units": 100000'), "/api/detail")
    assert (told.status, told.text[:24]) == (422, "the network is too large")


def test_the_compilers_refusal_is_passed_on(post, compiler):
    compiler.answer = (422, b"the network is too large for the page")
    told = post(NEURON)
    assert told[::2] == compiler.answer
    assert told.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_body_that_says_it_is_too_long_is_refused_unread(post, monkeypatch):
    monkeypatch.setattr(server, "LARGEST_BODY", 2**20)
    told = post([], **{"content-length": str(2**20 + 1)})
    assert (told.status, told.text) == (
        413,
        "that is too much for the page: at most 1 MiB",
    )


def test_a_body_without_a_length_is_refused_once_it_is_too_long(post, monkeypatch):
    monkeypatch.setattr(server, "LARGEST_BODY", 100)
    parts = [b" " * 60, b" " * 60, NEURON]
    assert post(parts).status == 413
    assert post([NEURON[:50], NEURON[50:]]).status == 200


def test_a_length_that_is_no_number_is_no_way_around(post, monkeypatch):
    monkeypatch.setattr(server, "LARGEST_BODY", 100)
    assert post(b" " * 101, **{"content-length": "-1"}).status == 413


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded"]
)
def test_only_json_is_taken_which_no_form_can_send(post, kind):
    assert post(NEURON, **{"content-type": kind}).status == 415


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("PUT", "/api/start"),
        ("DELETE", "/api/bundle"),
        ("OPTIONS", "/api/bundle"),
        ("GET", "/api/bundle"),
        ("GET", "/api/detail"),
        ("TRACE", "/"),
    ],
)
def test_other_methods_are_refused(app, ask, pass_of, method, path):
    assert ask(app, path, pass_of, method).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/studio.js/../server.py",
        "//etc/passwd",
        "/web/dist/studio.js",
        "/studio.js.map",
        "/api/../studio.js",
    ],
)
def test_there_is_no_way_to_other_files(app, ask, pass_of, path):
    assert ask(app, path, pass_of).status == 404


def test_listens_on_this_computer_only():
    with server.listening() as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        assert port > 0
        with pytest.raises(OptionError, match=f"port={port} cannot be had"):
            server.listening(port)


def test_a_port_can_be_had_again_at_once():
    listener = server.listening()
    port = listener.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port)) as client:
        side, _ = listener.accept()
        side.close()  # this side waits for stragglers now
        listener.close()
        client.recv(1)
    server.listening(port).close()


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(OptionError, match="from 1 to 65535"):
        server.listening(port)


# In a real browser


@contextmanager
def served(gate, listener, start):
    host = server.host(server.application(gate, start))
    running = Thread(target=lambda: asyncio.run(host.serve(sockets=[listener])))
    running.start()
    try:
        yield
    finally:
        host.should_exit = True
        running.join()


@pytest.fixture
def page(browser):
    """Return a page, with what its console complains of."""
    context = browser.new_context()
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda m: page.complaints.append(m.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


@pytest.mark.slow
def test_the_page_works_under_its_policy_and_outlives_its_server(page, start):
    listener = server.listening()
    gate = Gate(listener.getsockname()[1])
    with served(gate, listener, start):
        page.goto(gate.link())
        page.wait_for_selector("svg text")
        page.get_by_text("0.2969").first.wait_for()  # E of the lesson's neuron
        page.get_by_text("how E changes with a bias").wait_for()  # its formula came
        assert page.url == f"{gate.origin}/"
        assert page.evaluate("document.cookie") == ""
        assert page.complaints == []
    gone = page.get_by_text("backlit play has ended")
    gone.wait_for()
    assert page.locator("svg text").count()
    with served(gate, server.listening(gate.port), start):
        gone.wait_for(state="detached")


@pytest.mark.slow
def test_a_link_on_a_page_of_another_site_opens_the_studio(page, start):
    listener = server.listening()
    gate = Gate(listener.getsockname()[1])
    with served(gate, listener, start):
        page.goto(f"data:text/html,<a href='{gate.link()}'>open</a>")
        page.click("a")
        page.wait_for_selector("svg text")
        assert page.url == f"{gate.origin}/"


@pytest.mark.slow
def test_a_page_of_another_site_reads_and_starts_nothing(page, browser, start):
    """The browser has the cookie, and the other page asks as well as it can."""
    del browser
    listener = server.listening()
    gate = Gate(listener.getsockname()[1])
    with served(gate, listener, start), server.listening() as other:
        page.goto(gate.link())
        page.wait_for_selector("svg text")
        elsewhere = f"http://127.0.0.1:{other.getsockname()[1]}/"
        page.route(elsewhere, lambda route: route.fulfill(body="<p>elsewhere"))
        page.goto(elsewhere)
        for path in ("/", "/api/start", "/api/alive", "/studio.js"):
            assert page.evaluate(ASKED, gate.origin + path) == "refused", path
        framed = page.evaluate(FRAMED, gate.origin + "/")
        assert framed == "nothing to see"


ASKED = """url => fetch(url, {credentials: "include"})
    .then(() => "answered", () => "refused")"""
FRAMED = """url => new Promise(resolve => {
    const frame = document.createElement("iframe");
    frame.onload = () => {
        try { resolve(frame.contentDocument ? "read" : "nothing to see"); }
        catch { resolve("nothing to see"); }
    };
    frame.src = url;
    document.body.append(frame);
})"""
