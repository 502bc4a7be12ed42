"""The index answers as the files do that it was made from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from st_opendata.errors import InputError
from st_opendata.release.index import Index, build_index
from st_opendata.release.origins import open_origins

ROWS = [
    (f"<http://x/s{subject % 50}>", f"<http://x/p{subject % 3}>", f"<http://x/o{subject % 7}>", "t/t.csv", subject, "c")
    for subject in range(6000)
] + [
    ("<http://x/s1>", "<http://www.w3.org/2000/01/rdf-schema#label>", '"One"@en', "t/t.csv", 2, "label"),
    ("<http://x/s1>", "<http://www.w3.org/2000/01/rdf-schema#label>", '"Un"@fr', "t/t.csv", 2, "label"),
    ("<http://x/s1>", "<http://www.w3.org/2004/02/skos/core#prefLabel>", '"Best"@en', "t/t.csv", 2, "label"),
    ("<http://x/s1>", "<http://x/quote>", '"a \' \\" b"', "t/t.csv", 2, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("it's indexed")
    (folder / "t").mkdir()
    with duckdb.connect() as connection:
        named = {"subject": "$1", "predicate": "$2", "object": "$3", "file": "$4", "row": "$5", "column": "$6"}
        fields = ", ".join(f'unnest({values}) AS "{name}"' for name, values in named.items())
        connection.execute(f"CREATE TABLE f AS SELECT {fields}", [list(values) for values in zip(*ROWS, strict=True)])
        connection.execute(f"COPY f TO '{str(folder / 't/facts.parquet').replace(chr(39), chr(39) * 2)}'")
    (folder / "terms.ttl").write_text('<http://x/p1> a <http://x/P> ; <http://x/n> [], "Ä" .', "utf-8")
    return folder


@pytest.fixture(scope="module")
def index(folder: Path) -> Index:
    build_index(folder, ["terms.ttl"], folder / "index.duckdb")
    return Index(folder / "index.duckdb")


def test_it_tells_what_the_files_tell(folder: Path, index: Index) -> None:
    subjects = [f"<http://x/s{number}>" for number in (1, 7, 49, 99)]
    with open_origins(folder, None) as origins:
        assert index.about(subjects) == origins.about(subjects)
        found = origins.naming("<http://x/p2>", ["<http://x/o3>", "<http://x/o4>", "<http://x/none>"])
        assert index.naming("<http://x/p2>", ["<http://x/o3>", "<http://x/o4>", "<http://x/none>"]) == found
    assert index.about([]) == index.naming("<http://x/p2>", []) == []


def test_what_files_define_stands_beside_the_facts_without_blank_nodes(index: Index) -> None:
    [name, kind] = sorted(index.about(["<http://x/p1>"]), key=lambda each: each.object)
    assert (kind.object, str(kind.place)) == ("<http://x/P>", "terms.ttl")
    assert name.object == '"Ä"'


def test_it_counts_and_pages_what_points_to_a_term(index: Index) -> None:
    expected = Counter(predicate for _, predicate, o in {row[:3] for row in ROWS} if o == "<http://x/o3>")
    assert index.pointing("<http://x/o3>") == expected
    pages = [index.pointers("<http://x/o3>", "<http://x/p1>", 20, offset) for offset in (0, 20, 40, 60)]
    together = [subject for page in pages for subject in page]
    assert together == sorted({s for s, p, o, *_ in ROWS if (p, o) == ("<http://x/p1>", "<http://x/o3>")})


def test_a_term_with_very_many_members_is_neither_counted_nor_sorted_again(tmp_path: Path) -> None:
    """Over several row groups, members come page by page in their order, as in the index."""
    (tmp_path / "t").mkdir()
    members = [f"<http://x/m{number}>" for number in range(9000)]
    duckdb.sql(
        "SELECT '<http://x/m' || i || '>' AS subject, '<http://x/a>' AS predicate, '<http://x/C>' AS object, "
        "'t/t.csv' AS file, i + 2 AS \"row\", 'c' AS \"column\" FROM range(9000) AS t(i)"
    ).write_parquet(str(tmp_path / "t/facts.parquet"))
    build_index(tmp_path, [], tmp_path / "index.duckdb")
    index = Index(tmp_path / "index.duckdb")
    assert index.pointing("<http://x/C>") == {"<http://x/a>": 9000}
    pages = [index.pointers("<http://x/C>", "<http://x/a>", 1000, offset) for offset in range(0, 10_000, 1000)]
    assert [member for page in pages for member in page] == sorted(members)
    asked: list[str] = []
    answer = index._rows

    def explain(statement: str, *values: object) -> list[object]:
        asked.append(str(index._database.rows(f"EXPLAIN {statement}", values)))
        return answer(statement, *values)

    index._rows = explain  # type: ignore[method-assign]
    index.pointing("<http://x/C>")
    index.pointers("<http://x/C>", "<http://x/a>", 8)
    _, counting, _, paging, _ = (plan.lower().replace("_", " ") for plan in asked)
    assert "group by" not in counting
    assert "streaming limit" in paging
    assert "top n" not in paging
    index.close()


def test_things_are_found_by_the_beginnings_of_the_words_of_their_labels(tmp_path: Path) -> None:
    labels = {"a": "Stadt Köln, Straße 1", "b": "Köln", "c": "Kolumbien", "d": "Neu-Köln", "e": "tief im Walde"}
    (tmp_path / "t").mkdir()
    with duckdb.connect() as connection:
        connection.execute(
            'CREATE TABLE f (subject TEXT, predicate TEXT, object TEXT, file TEXT, "row" BIGINT, "column" TEXT)'
        )
        rows = [
            (f"<http://x/{name}>", "<http://www.w3.org/2000/01/rdf-schema#label>", f'"{label}"@de', "t/t.csv", 2, "l")
            for name, label in labels.items()
        ]
        connection.executemany("INSERT INTO f VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute(f"COPY f TO '{tmp_path / 't/facts.parquet'}'")
    (tmp_path / "c.ttl").write_text('<http://x/z> <http://purl.org/dc/terms/title> "Köln".', "utf-8")
    build_index(tmp_path, ["c.ttl"], tmp_path / "index.duckdb")
    index = Index(tmp_path / "index.duckdb")
    for words, found in {
        ("koln",): "bda",
        ("kol",): "bdca",
        ("strasse", "koln"): "a",
        ("de",): "",
        ("oln",): "",
        ("nowhere",): "",
    }.items():
        assert index.called(words, 10) == [f"<http://x/{name}>" for name in found]
    assert index.called(("koln",), 1) == ["<http://x/b>"]
    index.close()


def test_the_best_label_in_every_language(index: Index) -> None:
    assert index.labels(["<http://x/s1>", "<http://x/s2>"]) == {"<http://x/s1>": ['"Best"@en']}


def test_what_it_knows(index: Index) -> None:
    assert index.knows("<http://x/s1>")
    assert not index.knows("<http://x/o3>")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t/facts.parquet").write_bytes(b"not Parquet")
    with pytest.raises(InputError, match="cannot be indexed"):
        build_index(tmp_path, [], tmp_path / "index.duckdb")
    (tmp_path / "x.ttl").write_text("<a", "utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        build_index(tmp_path, ["x.ttl"], tmp_path / "other.duckdb")
