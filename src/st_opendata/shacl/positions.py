"""The lines of IRIs in an RDF file, for messages: found by their text, since parsers do not keep lines."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote, urljoin

_PREFIX = re.compile(r"""(?im)(?:@?prefix\s+([\w.-]*):\s*<|xmlns:([\w.-]+)\s*=\s*["'])([^>"'\s]+)""")
_BASE = re.compile(r"""(?i)(?:@?base\s*<|xml:base\s*=\s*["'])([^>"'\s]+)""")
_NAME = re.compile(r"""<([^<>"\s]*)>|"([^"<>\s]+)"|(?<![\w:<"-])([A-Za-z][\w.-]*)?:([\w][\w%.-]*)?""")


def lines_of(path: Path, iris: Collection[str]) -> dict[str, int]:
    """For each of the IRIs that the file mentions: the first line that begins with it, else the first that has it."""
    wanted = set(iris)
    if not wanted:
        return {}
    text = path.read_text("utf-8", errors="replace")
    prefixes = {first or second: namespace for first, second, namespace in _PREFIX.findall(text)}
    declared = _BASE.search(text)
    base = urljoin(f"file:///{quote(path.name)}", declared[1] if declared else "")
    mentioned: dict[str, int] = {}
    subjects: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for match in _NAME.finditer(line):
            iri = _iri(match, prefixes, base)
            if iri not in wanted:
                continue
            mentioned.setdefault(iri, number)
            if not line[: match.start()].strip() or "about=" in line or '"@id"' in line:
                subjects.setdefault(iri, number)
    return mentioned | subjects


def _iri(match: re.Match[str], prefixes: dict[str, str], base: str) -> str:
    angled, quoted, prefix, local = match.groups()
    written = angled if angled is not None else quoted
    if written is None:
        return prefixes.get(prefix or "", "\0") + (local or "").rstrip(".")
    prefix, colon, local = written.partition(":")
    if not colon:
        return urljoin(base, written) if written else base
    return prefixes[prefix] + local if prefix in prefixes else written
