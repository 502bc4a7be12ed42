"""A dataset is asked only for the predicates that its columns name, unless its cells name some."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import load_facts

HEAD = {"id": "test", "base": "https://example.org/id/", "title": {"en": "T"}, "description": {"en": "T"}}
PREFIXES = {"ex": "https://example.org/ns#"}


@pytest.mark.parametrize("named", ["", "ex:{kind}"])
def test_only_the_own_predicates_are_asked(tmp_path: Path, named: str) -> None:
    for name, term in (("one", "ex:one"), ("two", named or "ex:two"), ("three", "ex:one")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.csv").write_text("id,kind,value\n1,own,5\n", "utf-8")
        columns = [{"name": "id"}, {"name": "kind"}, {"name": "value", "propertyUrl": term}]
        table = {"url": f"{name}.csv", "tableSchema": {"aboutUrl": name + "/{id}", "columns": columns}}
        text = {"title": {"en": name}, "description": {"en": name}, "tables": [table]}
        (folder / "dataset.yaml").write_text(json.dumps(text), "utf-8")
    head = HEAD | {"prefixes": PREFIXES, "datasets": ["one", "two", "three"]}
    (tmp_path / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    with load_facts(read_catalogue(tmp_path)) as base:
        names = {each: base.predicates(each) for each in ("one", "two", "three", None)}
        lines = {each: [line for batch in base.lines(each) for line in batch] for each in ("one", "two", None)}
        counts = {each: base.triples(each) for each in ("one", "two", "three", None)}
    one, two = "<https://example.org/ns#one>", f"<https://example.org/ns#{'own' if named else 'two'}>"
    assert names == {"one": {one}, "two": {two}, "three": {one}, None: {one, two}}
    assert lines["two"] == [f'<https://example.org/id/two/1> {two} "5" .']
    assert len(lines[None]) == 3
    assert counts == {"one": 1, "two": 1, "three": 1, None: 3}
