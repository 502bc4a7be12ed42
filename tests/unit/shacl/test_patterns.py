from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from st_opendata.errors import ConfigurationError
from st_opendata.shacl import load_shapes, validate_graph
from st_opendata.shacl.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "flags", "matching", "other"),
    [
        (r"^\p{Lu}\p{Ll}+$", "", "Évry", "évry"),
        (r"^\P{Lu}+$", "", "évry", "Évry"),
        (r"^[a-z-[aeiou]]+$", "", "xyz", "abc"),
        (r"^\i\c*$", "", "a-b", "-b"),
        (r"^\p{IsGreek}+$", "", "αβ", "ab"),
        ("^[0-9]+$", "", "12", "12\n"),
        ("^[0-9]+$", "m", "x\n12\ny", "x"),
        ("^a.c$", "", "abc", "a\nc"),
        ("^a.c$", "s", "a\nc", "ac"),
        ("^a b [ ] c$", "x", "ab c", "a b c"),
        ("^LYON$", "i", "Lyon", "Wien"),
        ("^(?!x)a", "", "ab", "xa"),
        (r"\bLyon\b", "", "à Lyon", "Lyonnais"),
        ("^[a-z_-]+$", "", "a-b_c", "a b"),
    ],
)
def test_patterns_are_those_of_xpath(pattern: str, flags: str, matching: str, other: str) -> None:
    compiled = compile_pattern(pattern, flags)
    assert compiled.search(matching)
    assert not compiled.search(other)


@pytest.mark.parametrize(("pattern", "flags"), [("(", ""), (r"\p{Xy}", ""), ("[z-a]", ""), ("a", "g"), ("a{2,1}", "")])
def test_what_is_no_pattern_is_a_value_error(pattern: str, flags: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compile_pattern(pattern, flags)


SLOW = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/> .
ex:NameShape a sh:NodeShape ; sh:targetSubjectsOf ex:name ; sh:node ex:NamedShape .
ex:NamedShape a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:pattern "^(?=a)(a|aa)+$" ] .
"""
"""It is applied to one node at a time."""


def test_a_validation_has_the_time_of_its_patterns_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two validations in one process find the same, however much time the first one took."""
    monkeypatch.setattr("st_opendata.system.matching.SECONDS", 0.3)
    (tmp_path / "slow.ttl").write_text(SLOW, "utf-8")
    shapes = load_shapes([tmp_path / "slow.ttl"])
    hard, easy = (_named("a" * 80 + "!"), _named("aaa"))
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="takes too long"):
            validate_graph(hard, shapes)
        assert validate_graph(easy, shapes) == []


def _named(*names: str) -> Graph:
    text = "".join(f'<urn:{number}> <https://example.org/name> "{name}" .' for number, name in enumerate(names))
    return Graph().parse(data=text, format="turtle")
