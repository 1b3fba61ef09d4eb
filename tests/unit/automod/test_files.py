"""Files are of the kind that systems take them for."""

import pytest
from pydantic import ValidationError

from app.automod.triggers.file_extension import TRIGGER, FileExtension, readings
from tests.support.trying import said, tried

BLOCKED = (".exe", "JAR", "tar.gz")
SHOWN = ("png", "jpg", "txt")


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.exe", "exe"),
        ("a.EXE", "exe"),
        ("a.exe.jpg", "exe"),
        ("a.jpg.exe", "exe"),
        ("photo\u202egpj.exe", "exe"),
        ("photo\u202eexe.gpj", "exe"),
        ("photo\u2067exe.gpj\u2069", "exe"),
        ("a.exe. .", "exe"),
        ("a.exe ", "exe"),
        ("a. exe", "exe"),
        ("a.\u0435\u0445\u0435", "exe"),
        ("a.\uff45\uff58\uff45", "exe"),
        ("a\uff0eexe", "exe"),
        ("x.exe::$data", "exe"),
        ("a.e\u200bxe", "exe"),
        (".exe", "exe"),
        ("b.Jar", "jar"),
        ("a.tar.gz", "tar.gz"),
    ],
)
def test_a_blocked_file_is_found(name: str, extension: str) -> None:
    match = tried(TRIGGER, name, extensions=BLOCKED)
    assert match is not None
    assert match.facts["extension"] == extension
    for unseen in "\u202e\u2067\u2069\u200b":
        name = name.replace(unseen, f"[U+{ord(unseen):04X}]")
    assert said(match) == f"the file \u201c{name}\u201d ({extension})"


@pytest.mark.parametrize("name", ["exe", "a.gz", "a.png", "my exe.png", "executable.txt", "a.exeter", ""])
def test_another_file_is_not(name: str) -> None:
    assert tried(TRIGGER, name, extensions=BLOCKED) is None


def test_what_stands_before_another_extension_counts_only_when_asked_for() -> None:
    assert tried(TRIGGER, "setup.exe.jpg", extensions=BLOCKED, anywhere=False) is None
    assert tried(TRIGGER, "setup.jpg.exe", extensions=BLOCKED, anywhere=False) is not None


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "b.txt.", "c.jpg ", "d.tar.png"])
def test_an_allowed_file_may_be_attached(name: str) -> None:
    assert tried(TRIGGER, name, listed="allow", extensions=SHOWN) is None


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.gif", "gif"),
        ("png", "no extension"),
        ("README", "no extension"),
        ("a.png.exe", "exe"),
        ("photo\u202egpj.exe", "exe"),
        ("photo\u202eexe.jpg", "exe"),
    ],
)
def test_any_other_may_not(name: str, extension: str) -> None:
    match = tried(TRIGGER, name, listed="allow", extensions=SHOWN)
    assert match is not None
    if extension != "exe":
        assert said(match) == f"the file \u201c{name}\u201d ({extension})"


def test_files_without_an_extension_may_be_allowed_too() -> None:
    assert tried(TRIGGER, "README", listed="allow", extensions=SHOWN, without=True) is None
    assert tried(TRIGGER, "a.exe", listed="allow", extensions=(), without=True) is not None


def test_a_name_is_read_as_systems_read_it_and_as_it_is_shown() -> None:
    assert readings("photo\u202egpj.exe") == ["photogpj.exe", "photoexe.jpg"]
    assert readings("plain.png") == ["plain.png"]


@pytest.mark.parametrize("extensions", [(), ("",), ("e xe",), ("/",), ("x" * 21,)])
def test_what_is_no_extension_is_refused(extensions: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        FileExtension(extensions=extensions)
