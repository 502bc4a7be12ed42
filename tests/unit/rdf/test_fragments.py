"""Files that take over the text of shards from an older one have the bytes that are written without it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import md5
from pathlib import Path

import pyoxigraph as ox
import pytest

from st_opendata.formats import JSON_LD, RDF_XML, TURTLE, Format
from st_opendata.namespaces import RDF
from st_opendata.rdf import fragments
from st_opendata.rdf.fragments import Shard, write_rdf_again, write_trig_again
from st_opendata.rdf.lines import read_lines
from st_opendata.rdf.shards import shard_parts
from st_opendata.rdf.writing import write_rdf, write_trig

FORMS = {TURTLE: ".ttl", RDF_XML: ".rdf", JSON_LD: ".jsonld"}
PREFIXES = {"a": "http://a/", "b": "http://b#", "ds": "http://ds/"}
TEXTS = (
    "x", "", "\n\n<http://a/s1> a <http://a/C> .\n", '\n{"@id": "a:s1"},', '"@graph": [', "}\n", "\n}\n", "\n]}\n", ",",
    '\n\t<a:C rdf:about="http://a/s1">', "</rdf:RDF>", " .", "\r\t\u2028é😀", "@prefix x: <http://x/> .\n", "\\", '"',
)  # fmt: skip


class Facts:
    """The facts of a dataset, as they are now and before, in a folder."""

    def __init__(self, folder: Path, chance: random.Random, digits: int) -> None:
        self._path = folder
        self._path.mkdir()
        (self._path / "0.nt").touch()
        self._chance = chance
        self._digits = digits
        self._lines: set[str] = set()
        self.digests: Mapping[str, str] = {}
        self.file = self._before = self._path / "0.nt"
        self._known: Mapping[str, str] = {}

    def change(self) -> None:
        """Some other facts; the present ones are those before."""
        self._before, self._known = self.file, self.digests
        for line in self._chance.sample(sorted(self._lines), min(len(self._lines), self._chance.choice((0, 1, 3, 40)))):
            self._lines.discard(line)
        self._lines.update(self._line() for _ in range(self._chance.choice((0, 1, 3, 60))))
        shards: dict[str, list[str]] = defaultdict(list)
        for line in sorted(self._lines):
            shards[md5(line.partition(" ")[0].encode()).hexdigest()[: self._digits]].append(line)
        self.digests = {shard: "\n".join(shards[shard]) for shard in sorted(shards)}
        self.file = self._path / f"{int(self.file.stem) + 1}.nt"
        self.file.write_text("".join(f"{each}\n" for each in self.digests.values()), "utf-8", newline="\n")

    def shards(self) -> list[Shard]:
        """The shards in both files."""
        now, before = shard_parts(self.file, self._digits), shard_parts(self._before, self._digits)
        return [
            Shard(now.get(each), before.get(each), self.digests.get(each) == self._known.get(each))
            for each in sorted(now.keys() | before.keys())
        ]

    def batches(self) -> list[list[str]]:
        """The present lines, of which a batch may end within a subject."""
        return list(read_lines(self.file))

    def _line(self) -> str:
        chance = self._chance
        node = ox.NamedNode(f"{chance.choice(('http://a/', 'http://b#', 'urn:'))}s{chance.randrange(30)}")
        term: ox.NamedNode | ox.Literal = ox.NamedNode(f"http://a/{chance.choice('CDE')}")
        if chance.random() < 0.3:
            return f"{node} <{RDF}type> {term} ."
        if chance.random() < 0.8:
            text = chance.choice(TEXTS) * chance.choice((1, 1, 2))
            kinds = ({"language": "en"}, {"datatype": term}, {})
            term = ox.Literal(text, **chance.choice(kinds))
        predicate = chance.choice(("http://a/p", "http://b#q", "http://other/r"))
        return f"{ox.Triple(node, ox.NamedNode(predicate), term)} ."


def _prefixes(chance: random.Random) -> dict[str, str]:
    names = chance.sample(sorted(PREFIXES), chance.choice((0, 1, 2, 3, 3, 3)))
    return {name: PREFIXES[name] for name in sorted(names)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(6))
def test_a_changed_file_is_as_if_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Format, seed: int
) -> None:
    chance, taken = random.Random(seed), 0
    monkeypatch.setattr(fragments, "_BLOCK", chance.choice((7, 1000)))
    facts, prefixes = Facts(tmp_path / "facts", chance, chance.choice((0, 1, 1, 2))), _prefixes(chance)
    older = tmp_path / "older"
    for _ in range(12):
        facts.change()
        whole, again = tmp_path / "whole", tmp_path / "again"
        write_rdf(facts.batches(), whole, form, prefixes)
        if older.exists() and write_rdf_again(older, facts.shards(), again, form, prefixes):
            assert again.read_bytes() == whole.read_bytes()
            again.unlink()
            taken += 1
        assert not again.exists()
        whole.rename(older)
        prefixes = _prefixes(chance) if chance.random() < 0.1 else prefixes
    assert taken > 2


@pytest.mark.parametrize("seed", range(6))
def test_changed_graphs_are_as_if_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance, taken = random.Random(seed), 0
    monkeypatch.setattr(fragments, "_BLOCK", chance.choice((7, 1000)))
    graphs = {f"http://ds/{name}": Facts(tmp_path / name, chance, chance.choice((0, 1, 2))) for name in "abc"}
    prefixes, older, names = _prefixes(chance), tmp_path / "older", sorted(graphs)
    for _ in range(12):
        for facts in graphs.values():
            facts.change()
        if chance.random() < 0.2:
            chance.shuffle(names)
        chosen = names[: chance.choice((2, 3, 3))]
        whole, again = tmp_path / "whole", tmp_path / "again"
        write_trig([(name, graphs[name].batches()) for name in chosen], whole, prefixes)
        parts: dict[str, Sequence[Shard]] = {name: graphs[name].shards() for name in chosen}
        if older.exists() and write_trig_again(older, parts, again, prefixes):
            assert again.read_bytes() == whole.read_bytes()
            again.unlink()
            taken += 1
        assert not again.exists()
        whole.rename(older)
        prefixes = _prefixes(chance) if chance.random() < 0.1 else prefixes
    assert taken > 2
