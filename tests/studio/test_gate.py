"""Who comes in, and who does not."""

import pytest
from coroutines import finished
from starlette.responses import PlainTextResponse

from backlit.studio.gate import CLOSED, FOREIGN, HEADERS, Gate, guarded

INSIDE = PlainTextResponse("inside")


@pytest.fixture
def app(gate):
    return guarded(INSIDE, gate)


@pytest.fixture
def come(app, ask):
    return lambda path, headers, method="GET": ask(app, path, headers, method)


def token_of(link):
    return link.partition("?")[2]


def test_a_link_is_exchanged_for_a_cookie_and_an_address_without_token(gate, come):
    link = gate.link()
    assert link.startswith("http://127.0.0.1:43210/?token=")
    told = come(f"/?{token_of(link)}", {"host": gate.host})
    assert (told.status, told.headers["location"]) == (303, "/")
    cookie = told.headers["set-cookie"]
    assert cookie.startswith("backlit-43210=the-secret; HttpOnly; Path=/; SameSite=str")
    assert "Domain" not in cookie
    came = come("/", {"host": gate.host, "cookie": cookie.split(";")[0]})
    assert (came.status, came.text) == (200, "inside")


def test_tokens_and_secrets_have_256_bits_and_are_never_the_same():
    gate = Gate(1)
    tokens = {gate.link().partition("=")[2] for _ in range(50)}
    assert len(tokens | {gate.secret}) == 51
    assert {len(token) for token in (*tokens, gate.secret)} == {43}  # 6 bits a letter


def test_a_link_is_good_once(gate, come):
    path = f"/?{token_of(gate.link())}"
    assert come(path, {"host": gate.host}).status == 303
    again = come(path, {"host": gate.host})
    assert again.status == 403
    assert "has been used" in again.text
    assert "set-cookie" not in again.headers


def test_a_used_link_still_leads_the_browser_that_has_the_cookie_in(
    gate, come, pass_of
):
    path = f"/?{token_of(gate.link())}"
    come(path, {"host": gate.host})
    assert come(path, pass_of).headers["location"] == "/"


def test_a_request_for_the_head_alone_uses_no_link_up(gate, come):
    path = f"/?{token_of(gate.link())}"
    assert come(path, {"host": gate.host}, "HEAD").status == 403
    assert come(path, {"host": gate.host}).status == 303


@pytest.mark.parametrize(
    "query", ["token=", "token=guess", "token=the-secret", "token=%00", "token=é", ""]
)
def test_a_guessed_token_opens_nothing_and_uses_no_link_up(gate, come, query):
    path = f"/?{token_of(gate.link())}"
    assert come(f"/?{query}", {"host": gate.host}).status == 403
    assert come(path, {"host": gate.host}).status == 303


def test_a_token_opens_no_other_path(gate, come):
    told = come(f"/api/start?{token_of(gate.link())}", {"host": gate.host})
    assert told.status == 403


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "backlit-43210=",
        "backlit-43210=another",
        "backlit-43211=the-secret",
        "backlit-43210=the-secret-and-more",
    ],
)
def test_without_the_cookie_nobody_comes_in(gate, come, cookie):
    told = come("/", {"host": gate.host, "cookie": cookie})
    assert (told.status, told.text) == (403, f"{CLOSED}\n")


@pytest.mark.parametrize(
    "host",
    [
        "localhost:43210",
        "127.0.0.1",
        "127.0.0.1:43211",
        "127.0.0.1:43210.evil.example",
        "evil.example:43210",
        "[::1]:43210",
        "",
    ],
)
def test_another_host_is_refused_even_with_cookie_or_token(gate, come, pass_of, host):
    told = come("/", pass_of | {"host": host})
    assert (told.status, told.text) == (
        403,
        "the address of this studio is http://127.0.0.1:43210\n",
    )
    link = gate.link()
    assert come(f"/?{token_of(link)}", {"host": host}).status == 403


def test_no_host_or_two_are_refused(gate, app, ask, pass_of, without):
    assert ask(app, "/", without(pass_of, "host")).status == 403
    twice = [*pass_of.items(), ("host", gate.host)]
    assert ask(app, "/", twice).status == 403


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:43211",
        "https://127.0.0.1:43210",
        "http://localhost:43210",
        "http://127.0.0.1:43210/",
    ],
)
def test_another_origin_is_refused_even_with_the_cookie(come, pass_of, origin):
    told = come("/", pass_of | {"origin": origin})
    assert (told.status, told.text) == (403, f"{FOREIGN}\n")


def test_what_changes_something_needs_the_origin(come, pass_of, without):
    assert come("/", without(pass_of, "origin")).status == 200
    assert come("/", without(pass_of, "origin"), "POST").status == 403
    assert come("/", pass_of, "POST").status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_that_another_page_makes_is_refused(come, pass_of, without, site):
    headers = without(pass_of, "origin") | {"sec-fetch-site": site}
    assert come("/api/start", headers).status == 403
    assert come("/", headers | {"sec-fetch-mode": "no-cors"}).status == 403


def test_a_link_followed_from_another_page_comes_in_by_a_second_step(gate, come):
    # the browser keeps the new cookie back until a page of the studio itself asks
    clicked = {
        "host": gate.host,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
    }
    told = come(f"/?{token_of(gate.link())}", clicked)
    assert told.headers["location"] == "/"
    told = come("/", clicked)
    assert told.status == 403
    assert 'http-equiv="refresh" content="0; url=/?again"' in told.text
    assert "refresh" not in come("/?again", clicked).text  # it ends there
    own = {"host": gate.host, "sec-fetch-site": "same-origin"}
    own["cookie"] = f"{gate.cookie}={gate.secret}"
    assert come("/?again", own).headers["location"] == "/"


def test_every_answer_has_the_headers_and_none_lets_other_origins_read(
    come, pass_of, gate
):
    for told in (
        come("/", pass_of),
        come("/", {"host": gate.host}),
        come("/", {"host": "evil.example"}),
        come(f"/?{token_of(gate.link())}", {"host": gate.host}),
    ):
        assert HEADERS.items() <= told.headers.items()
        assert not [k for k in told.headers if k.startswith("access-control")]


def test_the_policy_allows_wasm_but_no_script_from_elsewhere_or_in_the_page():
    policy = dict(part.split(" ", 1) for part in HEADERS[POLICY].split("; "))
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["worker-src"] == "blob:"
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in HEADERS[POLICY]


POLICY = "content-security-policy"


def test_websockets_are_closed(app):
    said = []

    async def send(message):
        said.append(message)

    finished(app({"type": "websocket", "headers": []}, None, send))
    assert said == [{"type": "websocket.close", "code": 1008}]


def test_at_port_80_the_host_has_no_port():
    assert Gate(80).origin == "http://127.0.0.1"


def test_secrets_are_not_printed(gate):
    gate.link()
    assert "secret" not in repr(gate)
    assert "token" not in repr(gate)
