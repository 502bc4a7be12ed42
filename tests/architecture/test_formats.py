"""The record of a format has all its properties: media types are written there and nowhere else."""

from __future__ import annotations

import ast
import re

from parsed import MODULES, SOURCE, nodes

from st_opendata.formats import FORMATS
from st_opendata.rdf.formats import GRAPHS, RESULTS

HOMES = ("formats.py", "rdf/formats.py", "vocabularies/file_formats.py")
PLAIN = frozenset({"application/json", "text/csv", "application/gzip"})
"""Media types that are also spoken of where no file is written: answers of servers, uploads."""


def test_media_types_have_one_home() -> None:
    known = {form.media_type for form in (*FORMATS, *GRAPHS, *RESULTS)} - PLAIN
    named = re.compile("|".join(map(re.escape, sorted(known))))
    found = [
        f"{name}:{node.lineno} {node.value}"
        for path in MODULES
        if (name := path.relative_to(SOURCE).as_posix()) not in HOMES
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.match(node.value)
    ]
    assert not found, "\n".join(found)


def test_every_syntax_is_known_to_the_engine() -> None:
    for form in (*GRAPHS, *RESULTS):
        assert form.engine.media_type.partition(";")[0] == form.media_type
    for form in GRAPHS:
        assert f".{form.engine.file_extension}" == form.file.extension
