"""YAML and JSON whose scalars stay text: every problem names its line and column."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from st_opendata.documents import MAX_BYTES, Document, read_document
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.place import Place


def read(tmp_path: Path, content: str | bytes, name: str = "x.yaml") -> Document:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path, name)


def test_scalars_stay_text(tmp_path: Path) -> None:
    document = read(
        tmp_path, "country: NO\ntime: 12:30\nday: 2021-07-31\nflag: yes\nnumber: 01.50\nnothing:\nlist: [1, ~]\n"
    )
    assert document.data == {
        "country": "NO",
        "time": "12:30",
        "day": "2021-07-31",
        "flag": "yes",
        "number": "01.50",
        "nothing": "",
        "list": ["1", "~"],
    }


def test_places_of_keys_and_items(tmp_path: Path) -> None:
    document = read(tmp_path, "a:\n  b:\n    - one\n    - c: 1\n")
    assert document.place() == Place("x.yaml", line=1, offset=1)
    assert document.place(("a", "b")) == Place("x.yaml", line=2, offset=3)
    assert document.place(("a", "b", 1)) == Place("x.yaml", line=4, offset=7)
    assert document.place(("a", "b", 1, "c", "missing")) == Place("x.yaml", line=4, offset=7)
    assert document.place(("a", "b", 9)) == Place("x.yaml", line=2, offset=3)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "line", "offset", "word"),
    [
        ("a: 1\nb: [1, 2\n", 3, 1, "YAML"),
        ("a: 1\n\tb: 2\n", 2, 1, "tab"),
        ("a: b: c\n", 1, 5, "YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "second time"),
        ("a: 'x\n", 2, 1, "YAML"),
        ("a: *b\n", 1, 4, "alias"),
        ("a: &a\n  b: *a\n", 1, 4, "too large"),
        ("a: !!python/object:os.system x\n", 1, 4, "tag"),
        ("? [a, b]\n: c\n", 1, 3, "key"),
        ("a: 1\n---\nb: 2\n", 2, 1, "YAML"),
        ("a: x\0y\n", 1, 5, "NUL"),
        ("a: x\x07y\n", 1, 5, "U+0007"),
        ("a: 1\nb: é\n".encode("latin-1"), 2, 4, "UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, 1, "UTF-8"),
        (BOMB, None, None, "too large"),
    ],
)
def test_problems_have_a_place(
    tmp_path: Path, content: str | bytes, line: int | None, offset: int | None, word: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, content)
    assert word in caught.value.message_text() and caught.value.remedy_text() and caught.value.place
    if line:
        assert (caught.value.place.line, caught.value.place.offset) == (line, offset)


@pytest.mark.quick(2)
@pytest.mark.parametrize("content", ["", "# only a comment\n", "[" * 5000, "x" * (MAX_BYTES + 1), "{a: " * 2000])
def test_hopeless_files(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, content)
    assert caught.value.place and caught.value.place.file == "x.yaml"


def test_bom_is_accepted(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffa: 1\n").data == {"a": "1"}


def test_json(tmp_path: Path) -> None:
    document = read(tmp_path, '{\n\t"a": {"b": [1, "x\\/y"]}\n}\n', "x.json")
    assert document.data == {"a": {"b": ["1", "x/y"]}}
    assert document.place(("a", "b")).line == 2
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, '{"a": 1,}', "x.json")
    assert caught.value.place and caught.value.place.line == 1


def test_missing_and_unreadable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_document(tmp_path / "none.yaml", "none.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        read_document(tmp_path, "folder")
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(InputError, match="folder or pipe"):
        read_document(tmp_path / "pipe.yaml", "pipe.yaml")
