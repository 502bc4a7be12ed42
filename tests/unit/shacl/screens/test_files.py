"""N-Triples files as columns: the same triples as a parser reads, or none."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from columns_of import engine_in

from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.shacl.screens.files import LineFiles
from st_opendata.shacl.screens.terms import column_text

A, P = "<https://example.org/a>", "<https://example.org/p>"
CANONICAL = (
    *(f"{A} {P} {A} .", f'{A} {P} "" .', f'{A} {P} " . " .', f'{A} {P} "a b  c" .', f'{A} {P} "a" .'),
    *(f'{A} {P} "😀 é"@de-at .', f'{A} {P} "x\\"@en . \\\\ \\n\\r\\t"@en .', f'{A} {P} "1"^^<urn:x:int> .'),
    *(
        f"<urn:b:c> <urn:b:p> {A} .",
        f'<urn:b:c> <urn:b:p> "{A} {P}" .',
        f'{A} {P} "a" .',
        f"{P} {P} <urn:{'x' * 5_000}> .",
    ),
    f'<urn:b:d> <urn:b:p> "{"9" * 30}"^^<http://www.w3.org/2001/XMLSchema#integer> .',
)
OTHERS = (
    *(
        "",
        "# a comment",
        " ",
        f"{A} {P} {A}.",
        f"{A}  {P} {A} .",
        f"{A} {P} {A} . ",
        f" {A} {P} {A} .",
        f"{A}\t{P} {A} .",
    ),
    *(f"{A} {P} _:b .", f"_:b {P} {A} .", f"{A} {P} {A} . # x", f"{A} {P} {A}", f"{A} {P} .", f'"a" {P} {A} .'),
    *(f'{A} {P} "a"@EN .', f'{A} {P} "a"^^<http://www.w3.org/2001/XMLSchema#string> .', f'{A} {P} "\\u00e9" .'),
    *(
        f'{A} {P} "a"@en-abcdefghi .',
        f'{A} {P} "a"^^{A}@en .',
        f'{A} {P} "a\x00b" .',
        f'{A} {P} "\x01" .',
        f'{A} {P} "\\x" .',
    ),
    *(f'{A} {P} "a"b" .', f"{A} {P} <a b> .", f"{A} {P} <relative> .", f"{A} {P} <urn:a{{}}> .", f"<{A}> {P} {A} ."),
    *(
        f"{A} {P} {A} . {A} {P} {A} .",
        f'{A} {P} "\ufffe" .',
        f"{A} {P} {A} .\r",
        f"{A} {P} {A} .\n{A} {P}",
        f'{A} {P} "a\\" .',
    ),
)


def columns(tmp_path: Path, *texts: str) -> tuple[list[tuple[str, str, str]] | None, dict[str, tuple[str, int]]]:
    """The triples of files with these texts, and the place of each of their terms."""
    paths = [tmp_path / f"{number}.nt" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, "utf-8", newline="")
    with closing(engine_in(tmp_path)) as engine:
        files = LineFiles(engine, paths)
        relations = files.relations()
        if relations is None:
            return None, {}
        found = [(s, p, o) for p, name in relations.items() for s, o in engine.rows(f"SELECT s, o FROM {name}")]
        places = files.lines({term for s, _, o in found for term in (s, o)} | {"<urn:none>"})
        return found, {term: (path.name, line) for term, (path, line) in places.items()}


def parsed(path: Path) -> list[tuple[str, str, str]]:
    s, p, o = zip(*read_rdf(path, TermReader(), lenient=False), strict=True)
    return list(zip(map(column_text, s), map(column_text, p), map(column_text, o), strict=True))


def test_canonical_lines(tmp_path: Path) -> None:
    lines = [*CANONICAL[:7], *CANONICAL[:3]], list(CANONICAL)
    found, places = columns(tmp_path, *("\n".join(each) + "\n" for each in lines))
    triples = [parsed(tmp_path / f"{number}.nt") for number in range(2)]
    assert found is not None and sorted(found) == sorted(triples[0] + triples[1])
    expected: dict[str, tuple[str, int]] = {}
    for position in (0, 2):
        for number, file in enumerate(triples):
            for line, triple in enumerate(file, 1):
                expected.setdefault(triple[position], (f"{number}.nt", line))
    assert places == expected


@pytest.mark.quick(8)
@pytest.mark.parametrize("line", OTHERS)
def test_other_lines_are_for_a_parser(tmp_path: Path, line: str) -> None:
    right = f"{A} {P} {A} .\n"
    assert columns(tmp_path, right, f"{right}{line}\n{right}") == (None, {})


def test_ends_of_files(tmp_path: Path) -> None:
    right = f"{A} {P} {A} ."
    assert columns(tmp_path, right, right + "\n")[0] == [(A, P, A)] * 2
    assert columns(tmp_path, "") == ([], {})
