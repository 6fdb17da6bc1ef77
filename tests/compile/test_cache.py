"""Object code on disk: found again, and never trusted blindly."""

import os

import pytest

from backlit.compile import cache
from backlit.compile.target import host

TEXT = "define void @f() {\n  ret void\n}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def compiled(monkeypatch):
    """Count the compilations."""
    calls = []

    def assembled(text, target):
        calls.append(text)
        return b"code of " + text.encode() + target.cpu.encode()

    monkeypatch.setattr(cache, "assembled", assembled)
    return calls


def entry(folder):
    (file,) = folder.iterdir()
    return file


def test_the_same_program_is_compiled_once(folder, compiled):
    first, second = (cache.object_code(TEXT, host()) for _ in range(2))
    assert first == second
    assert len(compiled) == 1
    assert len(list(folder.iterdir())) == 1


@pytest.mark.usefixtures("folder")
def test_another_text_or_processor_is_another_program(compiled):
    other = type(host())(**{**vars(host()), "cpu": "another"})
    cache.object_code(TEXT, host())
    cache.object_code(TEXT + "; more\n", host())
    cache.object_code(TEXT, other)
    assert len(compiled) == 3


def test_entries_are_private_to_the_user(folder, compiled):
    cache.object_code(TEXT, host())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert entry(folder).stat().st_mode & 0o777 == 0o600
    assert len(compiled) == 1


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "foreign"])
def test_a_damaged_entry_is_ignored_and_replaced(folder, compiled, damage):
    good = cache.object_code(TEXT, host())
    file = entry(folder)
    data = file.read_bytes()
    broken = {
        "cut": data[:-3],
        "flip": data[:-1] + bytes([data[-1] ^ 1]),
        "empty": b"",
        "foreign": b"\x7fELF" + data,
    }
    file.write_bytes(broken[damage])
    assert cache.object_code(TEXT, host()) == good
    assert len(compiled) == 2
    assert file.read_bytes() == data


def test_an_entry_under_the_name_of_another_is_ignored(folder, compiled):
    good = cache.object_code(TEXT, host())
    file = entry(folder)
    other = TEXT + "; another\n"
    cache.object_code(other, host())
    [foreign] = set(folder.iterdir()) - {file}
    file.write_bytes(foreign.read_bytes())
    assert cache.object_code(TEXT, host()) == good
    assert len(compiled) == 3


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
def test_an_entry_that_others_can_write_is_not_trusted(folder, compiled):
    cache.object_code(TEXT, host())
    entry(folder).chmod(0o666)
    cache.object_code(TEXT, host())
    assert len(compiled) == 2


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
def test_a_folder_that_others_can_write_is_not_used(folder, compiled):
    cache.object_code(TEXT, host())
    folder.chmod(0o777)
    cache.object_code(TEXT, host())
    assert len(compiled) == 2


def test_a_link_in_place_of_an_entry_is_not_followed(folder, compiled, tmp_path):
    cache.object_code(TEXT, host())
    file = entry(folder)
    moved = file.rename(tmp_path / "elsewhere")
    file.symlink_to(moved)
    cache.object_code(TEXT, host())
    assert len(compiled) == 2


def test_without_a_folder_programs_are_compiled_each_time(
    tmp_path, monkeypatch, compiled
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "file"))
    for _ in range(2):
        cache.object_code(TEXT, host())
    monkeypatch.setenv("BACKLIT_CACHE", "off")
    cache.object_code(TEXT, host())
    assert len(compiled) == 3


def test_a_full_disk_is_no_fault(folder, compiled, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert cache.object_code(TEXT, host())
    assert len(compiled) == 1
    assert list(folder.iterdir()) == []


def test_the_cache_is_bounded_and_keeps_what_was_used_last(
    folder, compiled, monkeypatch
):
    monkeypatch.setattr(cache, "LARGEST", 400)
    for n in range(6):
        cache.object_code(f"{TEXT}; {n}\n", host())
        os.utime(max(folder.iterdir(), key=lambda f: f.stat().st_ctime_ns), (n, n))
    sizes = [f.stat().st_size for f in folder.iterdir()]
    assert sum(sizes) <= 400
    cache.object_code(f"{TEXT}; 5\n", host())
    assert len(compiled) == 6
