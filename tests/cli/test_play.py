"""`backlit play`, as a person uses it: started, asked, stopped, started again."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from backlit.cli import playing

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")

SECONDS = 20  # for anything to happen on a busy machine
NEURON = {"network": {"inputs": 2}, "layer": [{"units": 1}]}
NEURON |= {"sample": {"x": [1, 2], "t": [1]}}


@contextmanager
def studio(folder, *arguments):
    """Run the command; yields the process and its first line."""
    command = (sys.executable, "-m", "backlit", "play", "--no-browser", *arguments)
    process = subprocess.Popen(  # noqa: S603 - the command is written here
        command,
        cwd=folder,
        env=os.environ | {"BACKLIT_CACHE": str(folder / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def stopped(process, sent=signal.SIGINT):
    """Stop a studio; return its code and how long it took."""
    start = time.perf_counter()
    process.send_signal(sent)
    code = process.wait(SECONDS)
    return code, time.perf_counter() - start


def ask(port, path, cookie="", method="GET", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    headers = {"origin": f"http://127.0.0.1:{port}", "cookie": cookie}
    headers |= {"content-type": "application/json"} if body else {}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


def came_in(line):
    """Open a link; return port and cookie."""
    port, path = re.search(
        r"http://127\.0\.0\.1:(\d+)(/\?token=[\w-]{43})", line
    ).groups()
    answer = ask(int(port), path)
    assert answer.status == 303
    return int(port), answer.headers["set-cookie"].split(";")[0]


@pytest.mark.slow
def test_the_studio_serves_compiles_ends_and_goes_on_after_a_restart(tmp_path):
    with studio(tmp_path) as (process, line):
        assert re.fullmatch(r"The studio is at http://\S+ \(Ctrl-C ends it\)\n", line)
        port, cookie = came_in(line)
        start = json.loads(ask(port, "/api/start", cookie).body)
        assert start["spec"]["layer"][0]["weight"] == [[0.4, -0.6]]
        assert b"studio.js" in ask(port, "/", cookie).body
        answer = ask(port, "/api/bundle", cookie, "POST", json.dumps(NEURON))
        assert answer.status == 200
        assert ask(port, "/api/start").status == 403
        idle = http.client.HTTPConnection("127.0.0.1", port)
        idle.connect()  # a browser leaves some open
        code, seconds = stopped(process)
        assert code == 0
        idle.close()
        assert seconds < 3
        assert process.stderr.read() == ""
    with studio(tmp_path, "xor", "--json") as (process, line):
        link = json.loads(line)["url"]
        assert ask(port, "/api/alive", cookie).status == 204
        assert f":{port}/" in link
        assert json.loads(ask(port, "/api/start", cookie).body)["spec"]["data"] == {
            "name": "xor"
        }
        assert stopped(process, signal.SIGTERM)[0] == -signal.SIGTERM


@pytest.mark.slow
def test_ctrl_c_ends_it_at_once_while_a_network_is_compiled(tmp_path):
    slow = NEURON | {
        "layer": [{"units": 4, "activation": "tanh"}] * 63 + [{"units": 1}]
    }
    with studio(tmp_path) as (process, line):
        port, cookie = came_in(line)
        ask(port, "/api/bundle", cookie, "POST", json.dumps(NEURON))
        connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {"origin": f"http://127.0.0.1:{port}", "cookie": cookie}
        headers |= {"content-type": "application/json"}
        connection.request("POST", "/api/bundle", json.dumps(slow), headers)
        time.sleep(0.3)
        code, seconds = stopped(process)
        connection.close()
        assert code == 0
        assert seconds < 2
        assert process.stderr.read() == ""


def test_what_cannot_be_opened_is_told_before_anything_is_served(fails, folder):
    assert "did you mean spirals" in fails(1, "play", "spirls")
    assert "there is no such file" in fails(1, "play", "net.toml")
    (folder / "t.csv").write_text("a,b\n1,2\n,\n4,5\n")
    assert fails(1, "play", "t.csv").startswith("t.csv: target 'b' is missing")
    assert "--port" in fails(2, "play", "--port", "0")
    assert "--data iris does not belong here" in fails(
        2, "play", "xor", "--data", "iris"
    )


def test_a_port_that_is_taken_is_told(fails):
    from backlit.studio.server import listening

    with listening() as listener:
        port = listener.getsockname()[1]
        assert f"--port {port} cannot be had" in fails(2, "play", "--port", str(port))


def test_a_browser_is_opened_only_where_there_is_a_screen(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not playing._has_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    assert playing._has_browser()
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delenv("DISPLAY")
    assert playing._has_browser()
