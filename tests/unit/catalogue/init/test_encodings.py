"""What a draft says of encodings: each guess with a cell, and doubt left to `check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from st_opendata.__main__ import main


def draft(folder: Path, files: dict[str, bytes], *options: str) -> tuple[Path, str, list[dict[str, Any]]]:
    """The folder of a draft from those files, its dataset.yaml as text and its tables."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    target = folder / "draft"
    sources = [str(folder / name) for name in files]
    assert main(["init", str(target), "--from", *sources, "--publisher", "Town", *options]) == 0
    text = (target / "draft" / "dataset.yaml").read_text("utf-8")
    return target, text, yaml.safe_load(text)["tables"]


def test_init_says_its_guess_with_a_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "nr;name\n1;Lyon\n2;Müllerstraße\n3;Königsallee\n4;Größe\n"
    files = {name: text.encode("windows-1252") for name in ("a.csv", "b.csv")}
    folder, said, tables = draft(tmp_path, {**files, "c.csv": text.encode("macintosh")})
    assert said.count("# read as windows-1252: `Müllerstraße` in row 3, column name") == 2
    assert "# read as macintosh, but other tables as windows-1252: look" in said
    assert [table["dialect"]["encoding"] for table in tables] == ["windows-1252", "windows-1252", "macintosh"]
    capsys.readouterr()
    assert main(["check", str(folder), "--json"]) in (0, 1)
    assert "encoding-" not in capsys.readouterr().out


def test_init_leaves_doubt_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, said, tables = draft(tmp_path, {"a.csv": b"nr;name\n1;abc\xf1\n2;x\n"})
    assert "# not sure of the encoding: read as" in said and "it would be `abc" in said
    (line,) = (line for line in said.splitlines() if "# dialect: " in line)
    assert yaml.safe_load(line.partition("# dialect: ")[2])["encoding"]
    assert tables[0]["dialect"] == {"delimiter": ";"}
    capsys.readouterr()
    main(["check", str(folder), "--json"])
    assert "encoding-unsure" in capsys.readouterr().out


def test_the_language_of_init_decides_what_letters_cannot(tmp_path: Path) -> None:
    content = "nr;nazwa\n1;Łask\n2;Wał\n".encode("iso-8859-2")
    _, said, _ = draft(tmp_path, {"x.csv": content}, "--language", "pl")
    assert "`Łask`" in said
