import errno
import os
import stat
import subprocess
import sys
import threading
import time

import pytest

import backlit
from backlit import files
from backlit.errors import DataError
from backlit.files import (
    cache_folder,
    fingerprint,
    is_own,
    read_whole,
    sources,
    write_whole,
)


@pytest.fixture
def old(tmp_path):
    """Return a file that is there already."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    return path


def assert_unharmed(old):
    """Check that the old file is as it was, and that nothing else was left."""
    assert old.read_bytes() == b"old"
    assert list(old.parent.iterdir()) == [old]


# Writing


@pytest.mark.parametrize("data", [b"", b"new", bytes(range(256)) * 5000])
def test_new_file_holds_what_was_written_and_nothing_is_left_beside_it(tmp_path, data):
    path = tmp_path / "m"
    write_whole(str(path), data)
    assert read_whole(path, "a model") == data
    assert list(tmp_path.iterdir()) == [path]


def test_old_file_is_replaced_and_keeps_its_permissions(old):
    old.chmod(0o640)
    write_whole(old, b"new")
    assert old.read_bytes() == b"new"
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


def test_new_file_has_the_permissions_of_any_new_file(tmp_path):
    mask = os.umask(0o027)
    try:
        write_whole(tmp_path / "m", b"new")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_secret_is_the_users_alone_whatever_was_there_before(old):
    for path in (old, old.with_name("new")):
        write_whole(path, b"secret", secret=True)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_name_may_be_as_long_as_names_can_be(tmp_path):
    path = tmp_path / ("m" * 255)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_link_is_kept_and_what_it_leads_to_is_written(tmp_path, old):
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "latest"
    link.symlink_to(old)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"
    link.unlink()
    link.symlink_to("not-yet")
    write_whole(link, b"first")
    assert (tmp_path / "links" / "not-yet").read_bytes() == b"first"


def test_pipe_is_written_and_stays_a_pipe(tmp_path):
    path, got = tmp_path / "pipe", []
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    write_whole(path, b"new")
    reader.join(5)
    assert got == [b"new"]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("call", ["fsync", "write", "replace", "chmod"])
def test_full_disk_leaves_the_old_file_unharmed(old, monkeypatch, call):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if call == "fsync":
        monkeypatch.setattr(files.os, "fsync", full)
    elif call == "write":
        monkeypatch.setattr(files.os, "fdopen", lambda handle, _: Full(handle))
    else:
        monkeypatch.setattr(files.Path, call, full)
    with pytest.raises(DataError) as caught:
        write_whole(old, b"new")
    assert str(caught.value) == f"{old} was not written: No space left on device"
    monkeypatch.undo()
    assert_unharmed(old)


class Full:
    """A file on a full disk."""

    def __init__(self, handle):
        self.handle = handle

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.handle)

    def write(self, data):
        os.write(self.handle, data[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_device_that_is_full_is_one_line():
    with pytest.raises(DataError, match="/dev/full was not written: No space left"):
        write_whole("/dev/full", b"new")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)  # noqa: PTH116


def test_ctrl_c_while_writing_leaves_the_old_file_unharmed(old, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(old, b"new")
    assert_unharmed(old)


def test_folder_without_permission_is_refused(old, monkeypatch):
    def refuse(**_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    with pytest.raises(DataError) as caught:
        write_whole(old, b"new")
    assert str(caught.value) == f"{old}: no permission to write it"
    assert_unharmed(old)


def test_write_protected_file_is_not_replaced(old, monkeypatch):
    monkeypatch.setattr(files.os, "access", lambda *_: False)  # root may do all
    with pytest.raises(DataError, match="no permission to write it"):
        write_whole(old, b"new")
    assert_unharmed(old)


def test_directory_as_target_is_refused(tmp_path):
    with pytest.raises(DataError, match="is a directory; give the name of a file"):
        write_whole(tmp_path, b"new")
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_named_and_not_made(tmp_path):
    path = tmp_path / "no" / "m"
    with pytest.raises(DataError) as caught:
        write_whole(path, b"new")
    assert str(caught.value) == f"{path}: the folder {path.parent} does not exist"
    assert list(tmp_path.iterdir()) == []


def test_names_that_no_file_can_have_are_one_line(old):
    for path in (old / "child", "a\0b", old.parent / ("long" * 100)):
        for action in (
            lambda p: write_whole(p, b""),
            lambda p: read_whole(p, "a model"),
        ):
            with pytest.raises(DataError) as caught:
                action(path)
            assert "\n" not in str(caught.value)
    assert_unharmed(old)


@pytest.mark.slow
def test_killed_while_writing_the_old_or_the_new_file_is_there_whole(tmp_path):
    path, size = tmp_path / "m", 3_000_000
    code = (
        "import sys; from backlit.files import write_whole\n"
        f"for n in range(10**6): write_whole(sys.argv[1], bytes([n % 256]) * {size})"
    )
    done = subprocess.Popen([sys.executable, "-c", code, str(path)])  # noqa: S603
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    done.kill()
    done.wait()
    content = path.read_bytes()
    assert len(content) == size
    assert len(set(content)) == 1


# Reading


def test_missing_file_and_directory_say_what_is_needed(tmp_path):
    with pytest.raises(DataError) as caught:
        read_whole(tmp_path / "m", "a model")
    assert (
        str(caught.value)
        == f"{tmp_path / 'm'}: there is no such file; a model is needed"
    )
    with pytest.raises(DataError) as caught:
        read_whole(tmp_path, "a model")
    assert str(caught.value) == f"{tmp_path} is a directory; a model is needed"


@pytest.mark.parametrize(
    ("code", "message"),
    [(errno.EACCES, ": no permission to read it"), (errno.EIO, " cannot be read: ")],
)
def test_file_that_cannot_be_read_is_one_line(old, monkeypatch, code, message):
    def fail(_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.Path, "read_bytes", fail)
    with pytest.raises(DataError) as caught:
        read_whole(old, "a model")
    assert str(caught.value).startswith(f"{old}{message}")


# What is the user's own


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_path_is_own_if_nobody_else_can_write_it_and_secret_if_none_can_read(old):
    for mode, own, secret in (
        (0o600, True, True),
        (0o644, True, False),
        (0o640, True, False),
        (0o660, False, False),
        (0o602, False, False),
    ):
        old.chmod(mode)
        assert (is_own(old), is_own(old, secret=True)) == (own, secret), oct(mode)
    assert not is_own(old.with_name("missing"))
    link = old.with_name("link")
    link.symlink_to(old)
    assert not is_own(link)


def test_the_folder_of_what_is_kept_is_the_users_cache_unless_named(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("BACKLIT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "backlit"
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.setenv("BACKLIT_CACHE", "off")
    assert cache_folder() is None


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_folder_that_others_can_write_or_that_is_none_is_not_used(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path))
    tmp_path.chmod(0o777)
    assert cache_folder() is None
    (tmp_path / "file").touch()
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "file" / "x"))
    assert cache_folder() is None


# Fingerprints


def test_fingerprint_changes_with_every_file_and_only_then(tmp_path):
    later = time.time() + 60
    (tmp_path / "inner").mkdir()
    files = [tmp_path / "a.py", tmp_path / "inner" / "b.py"]
    for file in files:
        file.write_text("x = 1\n")
    first = fingerprint(tmp_path, later)
    assert first == fingerprint(tmp_path, later) is not None
    (tmp_path / "notes.txt").write_text("not Python")
    assert fingerprint(tmp_path, later) == first
    seen = {first}
    for change in (
        lambda: files[0].write_text("x = 12\n"),
        lambda: os.utime(files[1], (5, 5)),
        lambda: files[1].rename(tmp_path / "inner" / "c.py"),
        files[0].unlink,
    ):
        change()
        seen.add(fingerprint(tmp_path, later))
    assert len(seen) == 5


def test_files_that_were_changed_after_the_import_have_no_fingerprint(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    changed = file.stat().st_mtime
    assert fingerprint(tmp_path, changed + 1)
    assert fingerprint(tmp_path, changed) is None
    os.utime(file, (5, 5))  # as if it had been copied with its old times
    assert fingerprint(tmp_path, changed) is None


def test_a_folder_without_sources_has_no_fingerprint(tmp_path):
    assert fingerprint(tmp_path, time.time() + 60) is None
    assert sources() is None or backlit.__version__ in sources()
