"""What a page needs after a restart, and when it is not given."""

import os
import stat

import msgspec
import pytest

from backlit.errors import OptionError
from backlit.studio import restart
from backlit.studio.server import listening


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def studio(port=None):
    """Return port and secret of a studio that was started and has ended."""
    gate, listener = restart.opened(port)
    listener.close()
    assert listener.fileno() == -1
    return gate.port, gate.secret


def test_a_restart_has_the_same_port_and_secret_but_no_token(folder):
    first, listener = restart.opened()
    first.link()
    listener.close()
    again, listener = restart.opened()
    listener.close()
    assert (again.port, again.secret) == (first.port, first.secret)
    assert again.tokens == set()
    assert "token" not in (folder / restart.NAME).read_text()


def test_a_restart_with_the_port_asked_for_is_one_too(folder):
    del folder
    port, secret = studio()
    assert studio(port) == (port, secret)


def test_another_port_has_another_secret(folder):
    del folder
    before = studio()
    with listening() as free:
        port = free.getsockname()[1]
    assert studio(port)[1] != before[1]
    assert studio()[0] == port


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_nobody_else_may_read_what_is_kept(folder):
    studio()
    assert stat.S_IMODE((folder / restart.NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_port_that_was_taken_ends_the_secret(folder):
    del folder
    port, secret = studio()
    with listening(port):
        other = studio()
        assert other[0] != port
        assert other[1] != secret
    assert studio(port)[1] != secret


def test_a_port_asked_for_that_is_taken_is_an_error_and_ends_the_secret(folder):
    port, _ = studio()
    with listening(port), pytest.raises(OptionError, match="cannot be had"):
        restart.opened(port)
    assert not (folder / restart.NAME).exists()


@pytest.mark.parametrize("age", [restart.LASTS_S + 1, -60])
def test_a_secret_lasts_a_day(folder, age):
    port, secret = studio()
    file = folder / restart.NAME
    kept = msgspec.json.decode(file.read_bytes(), type=restart.Kept)
    old = msgspec.structs.replace(kept, made=kept.made - age)
    file.write_bytes(msgspec.json.encode(old))
    assert studio(port)[1] != secret


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}", '{"port":0,"secret":"","made":0}', '{"port":80,"secret":"x"}'],
)
def test_what_is_damaged_is_not_used(folder, text):
    studio()
    (folder / restart.NAME).write_text(text)
    assert restart.read() is None
    studio()
    assert restart.read() is not None


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_what_others_can_read_or_lead_elsewhere_is_not_used(folder, tmp_path):
    studio()
    file = folder / restart.NAME
    file.chmod(0o640)
    assert restart.read() is None
    file.chmod(0o600)
    assert restart.read() is not None
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert restart.read() is None


def test_where_nothing_may_be_kept_each_studio_has_its_own(monkeypatch):
    monkeypatch.setenv("BACKLIT_CACHE", "off")
    assert studio()[1] != studio()[1]
